import { connect } from 'node:net'
import type { Log } from '../log.ts'
import { pathsUnder } from '../paths.ts'
import { startRelay } from './relay.ts'

/** The levels of pino, which the other part logs with. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const

/** The relay as a process of its own, until SIGTERM. It reads no configuration: the root part says where to connect. */
export async function relayMain(): Promise<void> {
  const paths = pathsUnder()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(signal))
  const relay = startRelay({
    signal: stop.signal,
    watched: [paths.policy, paths.credentials, paths.repositories, paths.haltFile, paths.bell],
    clock: { monoMs: () => Number(process.hrtime.bigint()) / 1e6, wallMs: () => Date.now() },
    log: logTo(process.stdout),
    connect: (signal) =>
      new Promise((resolve, reject) => {
        const socket = connect({ path: paths.socket, signal })
        socket.once('error', reject)
        socket.once('connect', () => {
          socket.off('error', reject)
          resolve(socket)
        })
      }),
  })
  await relay.ended
}

/** One JSON object a line, like the other part; without its library, because this process has no secret to blot out. */
function logTo(out: { write(text: string): unknown }, level = process.env.CHAOS_LITE_LOG ?? 'info'): Log {
  const least = LEVELS[level as keyof typeof LEVELS] ?? LEVELS.info
  return (at, message) => {
    if (LEVELS[at] >= least) out.write(`${JSON.stringify({ level: LEVELS[at], time: Date.now(), msg: message })}\n`)
  }
}
