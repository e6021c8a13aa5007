import type { AgentEvent } from '@chaos-lite/shared'

/** Where events go: the durable outbox of this process. Returns once the fact is on disk. */
export interface Reporter {
  report(event: AgentEvent): Promise<void>
}
