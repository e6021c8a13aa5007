import { constants, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import * as z from 'zod'

/** A lock is held for a moment only, as a rule: then nothing is written. */
const EVERY_MS = 500
/** Every beat has this length. */
const BEAT_BYTES = 160

const Beat = z.strictObject({ pid: z.int(), monoMs: z.number(), workUntilMonoMs: z.number().nullable() })

/** What the last sign of life of a lock's holder says. */
export interface LastBeat {
  readonly ageMs: number
  /** How long the rollback that it is at may still take; null: it is at none. */
  readonly workLeftMs: number | null
}

/**
 * The sign of life of a process that holds a lock: a small file beside it, written twice a second through the pool of
 * threads. It stops when the process is stopped, when its program no longer turns, and when all of its threads hang.
 */
export class Pulse {
  readonly #path: string
  readonly #timer: NodeJS.Timeout
  #workUntilMonoMs: number | null = null
  #writing = false

  constructor(lock: string) {
    this.#path = pathOf(lock)
    this.#timer = setInterval(() => this.#beat(), EVERY_MS)
    this.#timer.unref()
  }

  /** One record is being rolled back, which takes so long at the most. */
  working(forMs: number): void {
    this.#workUntilMonoMs = nowMs() + forMs
    this.#beat()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    if (this.#writing) return
    this.#writing = true
    const beat = { pid: process.pid, monoMs: nowMs(), workUntilMonoMs: this.#workUntilMonoMs }
    // Not to be written means to be taken for hanging, which is only asked once a record is overdue.
    const done = () => {
      this.#writing = false
    }
    writeOver(this.#path, JSON.stringify(beat).padEnd(BEAT_BYTES)).then(done, done)
  }
}

/**
 * Over the beat before, in one write, never emptied first: whoever looks in between would see no sign of life, and would
 * kill a holder that is rolling back. On a disk that is full by now there is room for it as well.
 */
async function writeOver(path: string, text: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o600)
  try {
    if ((await file.stat()).size > text.length) await file.truncate(text.length)
    await file.write(text, 0)
  } finally {
    await file.close()
  }
}

/** The last sign of life that this process gave as the holder of this lock; null when it gave none. */
export function lastBeat(lock: string, pid: number): LastBeat | null {
  try {
    const beat = Beat.parse(JSON.parse(readFileSync(pathOf(lock), 'utf8')))
    // A clock that was further on than now is that of an earlier start of the machine.
    if (beat.pid !== pid || beat.monoMs > nowMs()) return null
    const left = beat.workUntilMonoMs === null ? null : Math.max(0, beat.workUntilMonoMs - nowMs())
    return { ageMs: Math.max(0, nowMs() - beat.monoMs), workLeftMs: left }
  } catch {
    return null
  }
}

function pathOf(lock: string): string {
  return `${lock}.pulse`
}

/** The clock that all processes of one boot share. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
