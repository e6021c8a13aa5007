import { ChaosError } from '@chaos-lite/shared'
import type { AlertMessage, Reading } from '../../alert-messages/index.ts'
import { readAlert } from '../../alert-messages/index.ts'
import type { Workers } from '../../workers/index.ts'

/**
 * Larger messages are read beside the event loop: in the worst case this many bytes take it for some 10 ms. Most groups of
 * alerts are smaller, and count without waiting for a thread to start.
 */
const READ_HERE_BYTES = 128 * 1024

/** Reads a message that was sent for one client. Throws `too-many` when too much waits to be read already. */
export type ReadMessage = (message: AlertMessage, clientId: string) => Promise<Reading>

/** Reads messages without holding the event loop, whatever is in them. */
export function alertReader(workers: Workers): ReadMessage {
  return async (message, clientId) => {
    if (message.body.length <= READ_HERE_BYTES) return readAlert(message)
    try {
      return await workers.run('readAlert', message, { key: `alerts of ${clientId}` })
    } catch (error) {
      if (error instanceof ChaosError && error.code === 'timed-out')
        return { state: 'unknown', why: 'it took too long to read' }
      throw error
    }
  }
}
