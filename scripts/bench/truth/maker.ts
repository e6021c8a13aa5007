import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Outage {
  readonly port: number
  /** How long the port was really closed, once it is open again. */
  readonly trueMs: Promise<number>
}

export interface OutageMaker extends Disposable {
  make(wanted: { readonly startAfterMs: number; readonly lengthMs: number }): Promise<Outage>
}

interface Heard {
  readonly id: number
  readonly port?: number
  readonly lostMs?: number
  readonly backMs?: number
}

/** The process that makes the outages: another one than that which measures them. */
export function startOutageMaker(): OutageMaker {
  const main = fileURLToPath(new URL('outages.ts', import.meta.url))
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
  const listeners = new Map<number, (heard: Heard) => void>()
  createInterface(child.stdout).on('line', (line) => {
    const heard: Heard = JSON.parse(line)
    listeners.get(heard.id)?.(heard)
  })
  let next = 0
  return {
    make(wanted) {
      const id = next++
      const port = Promise.withResolvers<number>()
      const length = Promise.withResolvers<number>()
      listeners.set(id, (heard) => {
        if (heard.port !== undefined) port.resolve(heard.port)
        if (heard.lostMs !== undefined && heard.backMs !== undefined) length.resolve(heard.backMs - heard.lostMs)
      })
      child.stdin.write(`${JSON.stringify({ id, ...wanted })}\n`)
      return port.promise.then((number) => ({ port: number, trueMs: length.promise }))
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}
