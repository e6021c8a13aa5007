import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgentEvent } from '@chaos-lite/shared'
import type { HostClock } from '../../src/host/host.ts'
import type { Outbox, PendingFact } from '../../src/outbox/index.ts'

export const clock: HostClock = {
  bootId: 'boot-of-the-tests',
  monoMs: () => performance.now(),
  wallMs: () => Date.now(),
}

/** A folder of this test alone, removed at its end. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'chaos-lite-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** An ordinary fact, distinguished by `n`. */
export function refused(n: number, reason = 'a reason'): AgentEvent {
  return {
    type: 'refused',
    runId: null,
    stepId: null,
    command: `number-${n}`,
    code: 'policy-refused',
    rule: '',
    reason,
  }
}

/** A fact about something already done. */
export function leaseLost(): AgentEvent {
  return { type: 'lease.lost', runId: '01JD0000000000000000000000' }
}

/** From here on a host may be changed. */
export function begun(): AgentEvent {
  const [runId, recordId] = ['01JD0000000000000000000000', '01JD0000000000000000000001']
  return { type: 'inject.begun', runId, stepId: 'cut', recordId, action: 'service.stop' }
}

/** Everything that waits to be sent. */
export async function everything(outbox: Outbox): Promise<PendingFact[]> {
  const reader = await outbox.reader()
  const all: PendingFact[] = []
  for (;;) {
    const some = await reader.read({ facts: 100, bytes: 64 * 1024 })
    if (some.length === 0) return all
    all.push(...some)
  }
}

export function commands(facts: readonly PendingFact[]): string[] {
  return facts.map(({ line }) => JSON.parse(line).event.command)
}
