import { decodeTime, ulid } from 'ulid'

/**
 * An id that sorts after all `open` ones, whatever the calendar clock says: records are rolled back newest first, and
 * their ids are the order.
 */
export function nextRecordId(open: readonly string[], wallMs: number): string {
  const newest = [...open].sort().at(-1) ?? ''
  const next = ulid(wallMs)
  if (next > newest) return next
  return ulid(decodeTime(newest) + 1)
}
