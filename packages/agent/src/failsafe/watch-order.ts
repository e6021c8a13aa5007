import type { RecordHead } from '../journal/index.ts'

/** What a watchdog has to know. The record itself is read by the process that rolls it back. */
export type WatchOrder = Pick<RecordHead, 'recordId' | 'bootId' | 'revertByWallMs' | 'revertByMonoMs'>

/** One line of JSON for the standard input of a watchdog; `readOrder` refuses any other. */
export function writeOrder({ recordId, bootId, revertByWallMs, revertByMonoMs }: WatchOrder): string {
  return JSON.stringify({ recordId, bootId, revertByWallMs, revertByMonoMs })
}

/**
 * Reads `writeOrder`. By hand: the contracts of `shared` would be most of the memory and of the start-up time of a
 * process that waits beside every failure. @throws Error for anything else
 */
export function readOrder(text: string): WatchOrder {
  const order: Partial<Record<keyof WatchOrder, unknown>> = JSON.parse(text)
  const { recordId, bootId, revertByWallMs, revertByMonoMs } = order
  const isName = typeof recordId === 'string' && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(recordId)
  if (!isName || typeof bootId !== 'string' || !isTime(revertByWallMs) || !isTime(revertByMonoMs)) {
    throw new Error('this is no order for a watchdog')
  }
  return { recordId, bootId, revertByWallMs, revertByMonoMs }
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
