// Makes outages of known length: a port per outage is closed and opened again. Its parent says what is wanted as JSON
// lines; it answers with the port, and in the end with the instants on the monotonic clock of this machine.
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { monoMs } from '../statistics.ts'

for await (const line of createInterface(process.stdin)) {
  const { id, startAfterMs, lengthMs } = JSON.parse(line)
  void outage(id, startAfterMs, lengthMs)
}

async function outage(id: number, startAfterMs: number, lengthMs: number): Promise<void> {
  const before = await listen(0)
  const { port } = before.server.address() as { port: number }
  say({ id, port })
  await sleep(startAfterMs)
  // The socket is closed when `close` returns; only its event comes later.
  before.server.close()
  const lostMs = monoMs()
  await sleep(lengthMs)
  const { server, openMs: backMs } = await listen(port)
  say({ id, lostMs, backMs })
  await sleep(2_000)
  server.close()
}

/** The event follows the system call at once, before anything else of this process. */
async function listen(port: number): Promise<{ server: Server; openMs: number }> {
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return { server, openMs: monoMs() }
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
