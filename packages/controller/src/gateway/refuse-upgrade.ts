import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Answers an upgrade request with an HTTP status and a sentence, and closes. */
export function refuseUpgrade(socket: Duplex, status: number, sentence: string): void {
  const body = `${sentence}\n`
  // The peer may be gone already; that must not end the process.
  socket.on('error', () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: text/plain; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
