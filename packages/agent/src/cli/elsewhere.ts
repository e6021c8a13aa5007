import type { RevertOutcome } from '../engine/index.ts'
import type { JournalRecord } from '../journal/index.ts'
import { openJournal } from '../journal/index.ts'
import type { Agent } from '../world.ts'

/** The records that are open when a command begins. Never throws: what cannot be read is reported by the command itself. */
export async function openNow(journal: string): Promise<readonly JournalRecord[]> {
  try {
    return (await openJournal(journal).list()).records
  } catch {
    return []
  }
}

/**
 * What another process of this agent rolled back while a command was at it: the service hears of a halt as well, and a safety
 * timer may be faster. One line each; without them the command would say that there was nothing to roll back.
 */
export async function backElsewhere(
  { journal }: Pick<Agent, 'journal'>,
  before: readonly JournalRecord[],
  outcomes: readonly RevertOutcome[],
): Promise<string[]> {
  const lines: string[] = []
  for (const { head } of before) {
    const { recordId, action } = head
    if (outcomes.some((outcome) => outcome.recordId === recordId)) continue
    const restoration = await journal.ended(recordId)
    if (restoration === null) continue
    lines.push(`${action} (${recordId}): ${restoration}, rolled back by another process of the agent`)
  }
  return lines
}
