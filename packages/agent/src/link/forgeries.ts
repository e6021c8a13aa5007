import type { AgentEvent } from '@chaos-lite/shared'
import type { HostClock } from '../host/index.ts'

/** Whoever forges frames must not fill this host's disk with the news of it. */
const WARN_EVERY_MS = 60_000

interface ForgeriesOptions {
  readonly outbox: { report(event: AgentEvent): Promise<void> }
  readonly clock: Pick<HostClock, 'monoMs'>
}

/** Tells, as a fact, that a frame was forged: at most once a minute, with how many there were since the last time. */
export function forgeries({ outbox, clock }: ForgeriesOptions): () => void {
  let warnedMs = Number.NEGATIVE_INFINITY
  let count = 0
  return () => {
    count += 1
    const nowMs = clock.monoMs()
    if (nowMs - warnedMs < WARN_EVERY_MS) return
    const many = count === 1 ? 'A frame was' : `${count} frames were`
    const reason = `${many} forged, changed, repeated or held back on the way from the controller; the link was closed, and nothing came of it. Whoever carries the frames is not to be trusted: look at this host's relay and network.`
    warnedMs = nowMs
    count = 0
    const fact = { type: 'refused', runId: null, stepId: null, command: 'frame', code: 'command-forged' } as const
    outbox.report({ ...fact, rule: '', reason }).catch(() => {})
  }
}
