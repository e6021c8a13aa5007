import type { Duplex } from 'node:stream'
import { Down, Pipe, type Target, Up, wayWithin } from '../../src/pipe/index.ts'
import { startRelay } from '../../src/relay/index.ts'
import { clock } from '../outbox/support.ts'

/** A root part that does what a test asks of it: one way of the relay to it. */
export class ScriptedRoot {
  readonly received: [number, string][] = []
  readonly pipe: Pipe
  readonly stream: Duplex
  closed = false

  constructor(stream: Duplex) {
    this.stream = stream
    this.pipe = new Pipe(stream, {
      message: (kind, payload) =>
        this.received.push([kind, kind === Up.frame ? payload.toString('utf8', 8) : String(payload)]),
      closed: () => {
        this.closed = true
      },
    })
  }

  point(target: Target | null): void {
    this.pipe.send(Down.target, JSON.stringify(target))
  }

  /** Goes to rest, having seen everything. */
  rest(): void {
    this.pipe.send(Down.rest, String(this.pipe.received))
  }

  kinds(): number[] {
    return this.received.map(([kind]) => kind)
  }

  frames(): string[] {
    return this.received.filter(([kind]) => kind === Up.frame).map(([, text]) => text)
  }
}

/** A relay whose root part is played by the test; it is woken when the relay connects. */
export function relayTo(target: Target | null, options: { watched?: readonly string[] } = {}) {
  const roots: ScriptedRoot[] = []
  const log: string[] = []
  const stop = new AbortController()
  const world = { refuse: false, target: target as Target | null | undefined }
  const relay = startRelay({
    clock,
    watched: options.watched ?? [],
    signal: stop.signal,
    log: (_level, message) => log.push(message),
    random: () => 0,
    async connect() {
      if (world.refuse) throw new Error('nobody is there')
      const [ours, theirs] = wayWithin()
      const root = new ScriptedRoot(theirs)
      roots.push(root)
      if (world.target !== undefined) root.point(world.target)
      return ours
    },
  })
  return {
    roots,
    log,
    world,
    relay,
    get root(): ScriptedRoot {
      const last = roots.at(-1)
      if (last === undefined) throw new Error('the root part was never woken')
      return last
    },
    stop: () => stop.abort(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await relay.ended
    },
  }
}
