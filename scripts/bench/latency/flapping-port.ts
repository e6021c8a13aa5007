import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

export interface FlappingPort extends AsyncDisposable {
  readonly port: number
}

const EVERY_MS = 350

/** A port that answers, and does not, and does again: something for a probe to see. */
export async function flappingPort(): Promise<FlappingPort> {
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server: Server | null = await listen(0)
  const { port } = server.address() as { port: number }
  let turning: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    turning = turning.then(async () => {
      const up = server
      server = null
      if (up === null) server = await listen(port)
      else up.close()
    })
  }, EVERY_MS)
  return {
    port,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await turning
      server?.close()
    },
  }
}
