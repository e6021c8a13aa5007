import type { SourcedFact } from '@chaos-lite/shared'
import { LIVE_PATH, LiveFrame, type WatcherFrame } from '@chaos-lite/shared/api'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Controller } from '../../src/start-controller.ts'

/** A watcher as the dashboard and the command line are. */
export class Watching {
  readonly ws: WebSocket
  readonly frames: LiveFrame[] = []
  readonly ended: Promise<number>
  readonly #waiting = new Set<() => void>()

  private constructor(ws: WebSocket) {
    this.ws = ws
    this.ended = new Promise((resolve) => ws.on('close', resolve))
    ws.on('message', (data) => {
      this.frames.push(LiveFrame.parse(JSON.parse(String(data))))
      for (const resolve of this.#waiting) resolve()
      this.#waiting.clear()
    })
    onTestFinished(() => ws.terminate())
  }

  /** Rejects with the HTTP status when the watcher is refused. */
  static open(controller: Controller, headers: Record<string, string>, path: string = LIVE_PATH): Promise<Watching> {
    const ws = new WebSocket(`${controller.url.replace(/^http/, 'ws')}${path}`, { headers })
    const watching = new Watching(ws)
    return new Promise((resolve, reject) => {
      ws.on('open', () => resolve(watching))
      ws.on('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))))
      ws.on('error', reject)
    })
  }

  say(frame: WatcherFrame): void {
    this.ws.send(JSON.stringify(frame))
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Resolves when the backlog of this run is complete. */
  whole(runId: string): Promise<void> {
    return this.until(() =>
      this.frames.some((frame) => frame.type === 'backlog' && frame.runId === runId && frame.complete),
    )
  }

  facts(runId: string): SourcedFact[] {
    return this.frames.flatMap((frame) => {
      if (frame.type === 'backlog' && frame.runId === runId) return frame.facts
      return frame.type === 'fact' && frame.runId === runId ? [frame.fact] : []
    })
  }
}
