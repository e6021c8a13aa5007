import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { ChaosError } from '@chaos-lite/shared'
import { wayWithin } from '../pipe/index.ts'
import { type RelayOptions, startRelay } from '../relay/index.ts'

/** Lets the relay in: gives each way to it to `attach`, until it is disposed of. */
export type Door = (attach: (stream: Duplex) => void) => Promise<AsyncDisposable>

/** The relay inside this very process, for hosts without systemd and for tests: the same code, without the protection. */
export function innerDoor(options: Omit<RelayOptions, 'connect' | 'watched' | 'signal'>): Door {
  return async (attach) => {
    const stop = new AbortController()
    const relay = startRelay({
      ...options,
      signal: stop.signal,
      // This process looks at its files itself.
      watched: [],
      async connect() {
        const [ours, theirs] = wayWithin()
        attach(theirs)
        return ours
      },
    })
    return {
      async [Symbol.asyncDispose]() {
        stop.abort()
        await relay.ended
      },
    }
  }
}

/** The relay as a process of its own, through a local socket: mode and group of the socket say who that may be. */
export function socketDoor(listenOn: { readonly fd: number } | { readonly path: string }): Door {
  return async (attach) => {
    const server = createServer(attach)
    server.maxConnections = 8
    server.listen(listenOn)
    await once(server, 'listening')
    return {
      async [Symbol.asyncDispose]() {
        // Only this process's hold on the socket ends; systemd keeps its own, and whoever connects now waits there.
        server.close()
      },
    }
  }
}

/**
 * The socket that systemd hands to a service it starts for it: sd_listen_fds(3), the first one is number 3.
 * @throws ChaosError when this process was started in another way
 */
export function activatedSocket(environment: Readonly<Record<string, string | undefined>> = process.env): {
  readonly fd: number
} {
  const { LISTEN_FDS, LISTEN_PID } = environment
  if (LISTEN_FDS === '1' && LISTEN_PID === String(process.pid)) return { fd: 3 }
  throw new ChaosError(
    'request-invalid',
    'This command is started by systemd, through chaos-lite-agent.socket. Without systemd, use: chaos-lite-agent run',
  )
}
