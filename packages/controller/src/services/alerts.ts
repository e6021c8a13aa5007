import { createHmac } from 'node:crypto'
import type { Ulid } from '@chaos-lite/shared'
import type { RunServices } from '../context.ts'
import type { Store } from '../store/store.ts'
import { randomSecret, same } from './secrets.ts'

/** The addresses that monitoring systems call when they notice a drill's failure. */
export interface Alerts {
  /** The secret part of the address for one drill of one client: not guessable, always the same. */
  secretFor(clientId: Ulid, drill: string): string
  /** Acknowledges what is awaited now under this secret; how many. Unknown secrets and quiet times give 0. */
  receive(secret: string): Promise<number>
}

interface AlertDeps {
  readonly store: Store
  /** What an incoming message may answer now. */
  readonly awaited: (drill: string, clientId: Ulid) => readonly { runId: Ulid; stepId: string }[]
  readonly acknowledge: RunServices['acknowledge']
}

/** The secrets are derived from one key, which never leaves the store, so that none of them is stored or logged. */
export async function makeAlerts(deps: AlertDeps): Promise<Alerts> {
  const key = await deps.store.settings.setOnce('alert-key', randomSecret())
  const secretFor = (clientId: Ulid, drill: string) =>
    createHmac('sha256', key).update(`alert\n${clientId}\n${drill}`).digest('base64url')

  return {
    secretFor,
    async receive(secret) {
      const unended = await deps.store.runs.unended()
      const meant = unended.find((run) => same(secretFor(run.clientId, run.drill), secret))
      const waiting = meant ? deps.awaited(meant.drill, meant.clientId) : []
      for (const { runId, stepId } of waiting) await deps.acknowledge(runId, stepId, 'monitoring system', 'webhook')
      return waiting.length
    },
  }
}
