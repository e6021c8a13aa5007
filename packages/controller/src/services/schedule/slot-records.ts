import { ChaosError, type ControllerFact, type Outcome, sentenceOf, type Ulid, utcText } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import { ulid } from 'ulid'
import type { Store, StoredSchedule } from '../../store/index.ts'
import { turn } from '../../turn.ts'
import type { StoredRunBook } from '../book.ts'
import type { Slot } from '../runs.ts'
import { printable } from '../sequence/orders.ts'

/** Records that wait for room on the disk. */
const UNRECORDED_MAX = 1000
/** Runs that may have begun since a slot: more than fit into the minute in which a controller can die over it. */
const RUNS_LOOKED_AT = 200

/** A slot that no run answers. */
export interface Closed {
  readonly slot: Omit<Slot, 'runId' | 'type'>
  readonly outcome: Outcome
  readonly reason: string
}

/** Where a slot that no run answers is recorded, and who is notified of it. */
export interface SlotRecordsDeps {
  readonly store: Store
  readonly book: StoredRunBook
  readonly log: Logger
  /** People are notified of missed slots. */
  readonly onMissed: (slot: { clientId: string; summary: string; runId: string }) => void
}

/** Slots that no run answers are records all the same. */
export class SlotRecords {
  readonly #deps: SlotRecordsDeps
  /** Slots that were claimed, but whose record could not be stored yet. */
  readonly #waiting: Closed[] = []

  constructor(deps: SlotRecordsDeps) {
    this.#deps = deps
  }

  /** Schedules with a slot in wait answer no other: one after another. */
  isWaiting(scheduleId: string): boolean {
    return this.#waiting.some(({ slot }) => slot.scheduleId === scheduleId)
  }

  /** One that finds no room now gets it by `storeAgain`. @throws ChaosError `storage-full` then */
  async store(closed: Closed): Promise<void> {
    await this.#record(closed).catch((error: unknown) => {
      if (this.#waiting.length < UNRECORDED_MAX) this.#waiting.push(closed)
      throw error
    })
  }

  async storeAgain(): Promise<void> {
    for (const closed of [...this.#waiting]) {
      await this.#record(closed).catch((error: unknown) => {
        this.#deps.log.error({ err: error }, `${this.#waiting.length} slots of the timetable wait for their record`)
        throw error
      })
      this.#waiting.splice(this.#waiting.indexOf(closed), 1)
    }
  }

  /** Has a run, or a record without one, answered this slot? Asked after a crash, of the newest runs. */
  async has({ clientId, scheduleId }: StoredSchedule, slotMs: number): Promise<boolean> {
    const { runs, facts } = this.#deps.store
    for (const { runId } of await runs.ofClient(clientId, { limit: RUNS_LOOKED_AT, before: null })) {
      // A run says which slot it answers at its very beginning.
      const { lines } = await facts.pageOfRun(runId, 0)
      const found = lines.some(({ source, line }) => source === 'controller' && answers(line, scheduleId, slotMs))
      if (found) return true
      await turn()
    }
    return false
  }

  async #record({ slot, outcome, reason }: Closed): Promise<void> {
    const { store, book, log, onMissed } = this.#deps
    const { scheduleId, clientId, schedule, drill, slotMs } = slot
    const runId = ulid()
    const [effect, reasons] = ['not applicable' as const, [printable(reason)]]
    const ended = { type: 'run.ended' as const, runId, outcome, effect, restoration: effect, reasons }
    await book.slot({ type: 'run.slot', runId, ...slot }, ended)
    await store.schedules
      .recorded(scheduleId, slotMs)
      .then(() => store.schedules.setOutcome(scheduleId, outcome))
      .catch((error: unknown) => log.warn({ err: error }, 'the outcome of a slot was not noted'))
    const summary = `${schedule}: the drill ${drill} was due at ${utcText(slotMs)} and was missed`
    if (outcome === 'missed') onMissed({ clientId, summary, runId })
  }
}

/** The sentence of an error with what it lists: the record has no other place for it. */
export function wholeReason(error: unknown): string {
  const sentence = sentenceOf(error)
  if (!(error instanceof ChaosError)) return sentence
  // A host is named with what is wrong there; the message of a parameter names it itself.
  const each = error.items.map(({ where, message }) => (message.includes(where) ? message : `${where}: ${message}`))
  const more = each.filter((text) => !sentence.includes(text))
  return more.length === 0 ? sentence : `${sentence} ${more.join('; ')}`
}

function answers(line: string, scheduleId: Ulid, slotMs: number): boolean {
  const { event } = JSON.parse(line) as ControllerFact
  return event.type === 'run.slot' && event.scheduleId === scheduleId && event.slotMs === slotMs
}
