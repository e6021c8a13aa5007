import type { AgentEvent, RevertCause } from '@chaos-lite/shared'
import type { RecordHead } from '../journal/index.ts'
import { oneLine } from '../journal/index.ts'
import type { EngineDeps } from './deps.ts'
import type { RevertOutcome } from './engine.ts'
import { KeptFacts } from './kept-facts.ts'

/** An event about one record. A rehearsal belongs to no run: its events are not facts of the controller's. */
type Unplaced<T> = T extends { runId: string; stepId: string; recordId: string; action: string }
  ? Omit<T, 'runId' | 'stepId' | 'recordId' | 'action'>
  : never

/** Reports an event of a record durably. Does nothing for a rehearsal. */
export async function report(deps: EngineDeps, head: RecordHead, event: Unplaced<AgentEvent>): Promise<void> {
  const { runId, stepId, recordId, action } = head
  if (runId !== null) await deps.reporter.report({ ...event, runId, stepId, recordId, action } as AgentEvent)
}

const kept = new WeakMap<EngineDeps, KeptFacts>()

function keptFactsOf(deps: EngineDeps): KeptFacts {
  const known = kept.get(deps) ?? new KeptFacts(deps)
  kept.set(deps, known)
  return known
}

/** As `report`, but nothing stops for it: what finds no room now is written later. Never throws. */
export async function reportSurely(
  deps: EngineDeps,
  head: RecordHead,
  event: Unplaced<AgentEvent>,
  onStored?: () => unknown,
): Promise<void> {
  const { runId, stepId, recordId, action } = head
  if (runId === null) await onStored?.()
  else await keptFactsOf(deps).add({ ...event, runId, stepId, recordId, action } as AgentEvent, onStored)
}

/** One last try for what waits for room, before this process ends. */
export async function flushFacts(deps: EngineDeps): Promise<void> {
  await kept.get(deps)?.flush()
}

/** Reports that a rollback begins. Never throws: without room on the disk, the fact is written later. */
export async function reportBegun(deps: EngineDeps, head: RecordHead, cause: RevertCause): Promise<void> {
  const monoMs = Math.floor(deps.host.clock.monoMs())
  await reportSurely(deps, head, { type: 'revert.begun', cause, monoMs })
}

/** `onStored` is called once the fact is on disk: at once, unless the disk is full. */
export async function reportEnded(
  deps: EngineDeps,
  head: RecordHead,
  outcome: Pick<RevertOutcome, 'restoration' | 'compared' | 'kept' | 'byHand'>,
  onStored?: () => unknown,
): Promise<void> {
  const event = {
    type: 'revert.ended' as const,
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
  }
  await reportSurely(deps, head, event, onStored)
}

/**
 * Reports finished records whose process ended before it could: what they came to stands in their journal, the list of
 * what was compared is lost.
 */
export async function reportUnreported(deps: EngineDeps): Promise<void> {
  for (const { head, note } of await deps.journal.unreported()) {
    if (keptFactsOf(deps).hasEndOf(head.recordId)) continue
    const restoration = note === 'identical' ? 'identical' : 'ours undone'
    const item = `undo record ${head.recordId}`
    const now = 'as saved: compared before the record was closed, reported later'
    const theirs =
      'Whether a change of somebody else was kept is not known any more: the process that rolled it back ended.'
    const kept = restoration === 'identical' ? [] : [theirs]
    const compared = [{ item, before: 'as saved', now, same: true }]
    const onStored = () => deps.journal.markReported(head.recordId)
    await reportEnded(deps, head, { restoration, compared, kept, byHand: null }, onStored)
  }
}
