import { instantText } from '@chaos-lite/shared'
import type { JournalRecord } from './record.ts'

/**
 * By when a record is rolled back, as the end of a sentence. A time that is over promises nothing any more, and neither
 * does any time once the record is stuck.
 */
export function untilText({ head, state }: Pick<JournalRecord, 'head' | 'state'>, nowMs: number): string {
  const until = instantText(head.revertByWallMs)
  if (state === 'stuck') return 'not rolled back; a person must act'
  if (head.revertByWallMs <= nowMs) return `should have been rolled back by ${until}`
  return `rolled back at the latest ${until}`
}
