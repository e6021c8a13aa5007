import type { AgentEvent, RevertCause } from '@chaos-lite/shared'
import { oneLine } from '../journal/one-line.ts'
import type { RecordHead } from '../journal/record.ts'
import type { EngineDeps } from './deps.ts'
import type { RevertOutcome } from './engine.ts'

/** An event about one record. A rehearsal belongs to no run: its events are not facts of the controller's. */
type Told<T> = T extends { runId: string; stepId: string; recordId: string; action: string }
  ? Omit<T, 'runId' | 'stepId' | 'recordId' | 'action'>
  : never

/** Reports an event of a record durably. Does nothing for a rehearsal. */
export async function report(deps: EngineDeps, head: RecordHead, event: Told<AgentEvent>): Promise<void> {
  const { runId, stepId, recordId, action } = head
  if (runId !== null) await deps.reporter.report({ ...event, runId, stepId, recordId, action } as AgentEvent)
}

/** As `report`, but nothing stops for it: once something may have changed, putting back comes first. */
export async function tell(deps: EngineDeps, head: RecordHead, event: Told<AgentEvent>): Promise<void> {
  try {
    await report(deps, head, event)
  } catch (thrown) {
    deps.warn(`the fact ${event.type} of record ${head.recordId} could not be stored`, thrown)
  }
}

export async function tellBegun(deps: EngineDeps, head: RecordHead, cause: RevertCause): Promise<void> {
  const monoMs = Math.floor(deps.host.clock.monoMs())
  await tell(deps, head, { type: 'revert.begun', cause, monoMs })
}

export async function tellEnded(deps: EngineDeps, head: RecordHead, outcome: RevertOutcome): Promise<void> {
  await tell(deps, head, {
    type: 'revert.ended',
    monoMs: Math.ceil(deps.host.clock.monoMs()),
    restoration: outcome.restoration,
    compared: outcome.compared.slice(0, 200).map((each) => ({
      item: oneLine(each.item, 512),
      before: oneLine(each.before, 512),
      now: oneLine(each.now, 512),
      same: each.same,
    })),
    kept: outcome.kept.slice(0, 50).map((each) => oneLine(each, 512)),
    byHand: outcome.byHand,
  })
}
