import { line, Ulid, UtcMs } from '@chaos-lite/shared'
import * as z from 'zod'
import { oneLine } from './one-line.ts'
import { RecordState } from './record.ts'
import { seal, unseal } from './sealed.ts'

/*
 * progress.jsonl has a fixed size from the start: SLOTS slots of SLOT_BYTES, NUL where nothing was written yet. A mark
 * overwrites the next slot with one sealed line, spaces, and a line feed, so that marking needs no new space. The last
 * slot is kept for `reverted`, the only mark that must not fail for want of room.
 */
const SLOTS = 16
const SLOT_BYTES = 1024
/**
 * The fixed size of a progress file: its room is taken before anything is changed, so that no full disk stops a
 * rollback.
 */
export const PROGRESS_BYTES = SLOTS * SLOT_BYTES
const NOTE_CHARS = 300
const BLANK = Buffer.alloc(SLOT_BYTES)

const Mark = z.strictObject({
  format: z.literal(1),
  slot: z.int().min(0).max(SLOTS),
  recordId: Ulid,
  state: RecordState,
  note: line(NOTE_CHARS).nullable(),
  wallMs: UtcMs,
})

/** Where a record stands, as its progress file says. */
export interface Progress {
  readonly state: RecordState
  /** What the last mark says besides, such as why a record is stuck; null: nothing. */
  readonly note: string | null
  /** The slot that the next mark goes to. */
  readonly nextSlot: number
}

function encodeMark(mark: z.infer<typeof Mark>): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES, 0x20)
  let text = seal(mark)
  // A long note in a script of three bytes a character does not fit: the state matters more.
  if (Buffer.byteLength(text) >= SLOT_BYTES) text = seal({ ...mark, note: null })
  slot.write(text)
  slot[SLOT_BYTES - 1] = 0x0a
  return slot
}

/** The progress file of a new record: `armed`, and room for the rest. */
export function newProgress(recordId: string, wallMs: number): Buffer {
  const bytes = Buffer.alloc(PROGRESS_BYTES)
  encodeMark({ format: 1, slot: 0, recordId, state: 'armed', note: null, wallMs }).copy(bytes)
  return bytes
}

/** The bytes of the next mark and where they go, or null where no room is left for a mark that may be missed. */
export function nextMark(
  progress: Progress,
  mark: { recordId: string; state: RecordState; note: string | null; wallMs: number },
): { bytes: Buffer; position: number } | null {
  const last = SLOTS - 1
  if (mark.state !== 'reverted' && progress.nextSlot >= last) return null
  const slot = Math.min(progress.nextSlot, last)
  const note = mark.note === null ? null : oneLine(mark.note, 200)
  return { bytes: encodeMark({ ...mark, note, format: 1, slot }), position: slot * SLOT_BYTES }
}

function readSlot(bytes: Buffer, slot: number, recordId: string): z.infer<typeof Mark> | 'blank' | 'damaged' {
  const raw = bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES)
  if (raw.equals(BLANK.subarray(0, raw.length))) return 'blank'
  if (raw.length < SLOT_BYTES || raw[SLOT_BYTES - 1] !== 0x0a) return 'damaged'
  const parsed = Mark.safeParse(unseal(raw.toString('utf8', 0, SLOT_BYTES - 1).trimEnd()))
  return parsed.success && parsed.data.slot === slot && parsed.data.recordId === recordId ? parsed.data : 'damaged'
}

/**
 * Reads a progress file however a crash or a bad disk left it: cut short, torn, with NUL tails. Where anything is not
 * as it was written the answer is a state from which compare-and-revert runs: never `armed`, never `reverted`.
 */
export function readProgress(bytes: Buffer, recordId: string): Progress {
  let sound = bytes.length === PROGRESS_BYTES
  let last: z.infer<typeof Mark> | null = null
  let nextSlot = 0
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const found = readSlot(bytes, slot, recordId)
    if (found === 'blank') continue
    // A line behind a gap means that the gap was a line once.
    if (found === 'damaged' || slot !== nextSlot) sound = false
    if (found !== 'damaged') last = found
    nextSlot = slot + 1
  }
  if (last !== null && sound) return { state: last.state, note: last.note, nextSlot }
  const state = last?.state ?? 'armed'
  const careful = state === 'armed' ? 'injecting' : state === 'reverted' ? 'reverting' : state
  return { state: careful, note: last?.note ?? null, nextSlot }
}
