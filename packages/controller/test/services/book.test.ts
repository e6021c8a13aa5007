import { ChaosError, type ControllerEvent, type Plan } from '@chaos-lite/shared'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { StoredRunBook } from '../../src/services/book.ts'
import { recordSurely } from '../../src/services/sequence/record.ts'
import { anchoredClock } from '../../src/time/clock.ts'
import { aController } from './support/a-controller.ts'

describe('the run book', () => {
  let it_: Awaited<ReturnType<typeof aController>>
  let runId: string
  let plan: Plan
  const note = (text: string): ControllerEvent => ({ type: 'observation.noted', runId, by: 'anna', note: text })
  const notesOf = async () =>
    (await it_.store.facts.ofRun(runId)).flatMap(({ fact }) =>
      fact.event.type === 'observation.noted' ? [{ ...fact.event, seq: fact.seq, prev: fact.prev }] : [],
    )

  beforeEach(async () => {
    it_ = await aController()
    plan = await it_.planIt()
    runId = '01J00000000000000000000000'
    await it_.book.begin(runId, plan, 'anna')
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await it_.store.close()
  })

  test('commits what is asked for at the same time together, in the order asked', async () => {
    const append = vi.spyOn(it_.store.facts, 'append')
    await Promise.all(Array.from({ length: 30 }, (_, at) => it_.book.record(note(`note ${at}`))))
    expect(append.mock.calls.length).toBeLessThanOrEqual(2)
    expect((await notesOf()).map((one) => one.note)).toStrictEqual(Array.from({ length: 30 }, (_, at) => `note ${at}`))
  })

  test('links each fact to the one before, within a commit and across commits', async () => {
    await Promise.all(['a', 'b', 'c'].map((text) => it_.book.record(note(text))))
    await it_.book.record(note('d'))
    const lines = await it_.store.facts.linesOfRun(runId)
    const facts = lines.map(({ line, digest }) => ({ ...JSON.parse(line), digest }))
    expect(facts.slice(1).map(({ prev }) => prev)).toStrictEqual(facts.slice(0, -1).map(({ digest }) => digest))
    expect(facts.map(({ seq }) => seq)).toStrictEqual(facts.map((_, at) => at))
  })

  test('publishes each fact just as it is stored, the time of its storing included', async () => {
    const published: unknown[] = []
    it_.book.listen({ fact: (_, fact) => void published.push(fact) })
    for (let at = 0; at < 100; at++) await it_.book.record(note(`note ${at}`))
    expect((await it_.store.facts.ofRun(runId)).slice(-100)).toStrictEqual(published)
  })

  test('notifies everybody whose fact could not be written, and goes on with the next number', async () => {
    await it_.book.record(note('before'))
    const append = vi.spyOn(it_.store.facts, 'append').mockRejectedValue(new Error('no room'))
    const lost = await Promise.allSettled(['a', 'b', 'c'].map((text) => it_.book.record(note(text))))
    expect(lost.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected', 'rejected'])
    append.mockRestore()
    await it_.book.record(note('after'))
    const [before, after] = await notesOf()
    expect(after).toMatchObject({ note: 'after', seq: (before?.seq ?? 0) + 1 })
  })

  test('a fact of an unknown run is refused, and those beside it are written', async () => {
    const stranger = { ...note('x'), runId: '01J99999999999999999999999' } as ControllerEvent
    const [first, second] = await Promise.allSettled([it_.book.record(stranger), it_.book.record(note('known'))])
    expect(first).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('There is no run') } })
    expect(second.status).toBe('fulfilled')
    expect((await notesOf()).map((one) => one.note)).toStrictEqual(['known'])
  })

  test('writes the row of a run only when it reads differently', async () => {
    const update = vi.spyOn(it_.store.runs, 'update')
    await it_.book.record(note('nothing of this is in the list of runs'))
    expect(update).not.toHaveBeenCalled()
    await it_.book.record({ type: 'run.approved', runId, by: 'anna', digest: plan.digest })
    expect(update).toHaveBeenCalledOnce()
    expect(await it_.store.runs.byId(runId)).toMatchObject({ phase: 'approved' })
  })

  test('a fact that was stored is not refused because its row could not be written; the row is written later', async () => {
    const update = vi.spyOn(it_.store.runs, 'update').mockRejectedValueOnce(new Error('no room'))
    await it_.book.record({ type: 'run.approved', runId, by: 'anna', digest: plan.digest })
    expect(await it_.store.runs.byId(runId)).toMatchObject({ phase: 'planned' })
    await eventually(() => expect(update).toHaveBeenCalledTimes(2))
    await eventually(async () => expect(await it_.store.runs.byId(runId)).toMatchObject({ phase: 'approved' }))
  })

  test('a fact that must be stored is stored once, when the disk becomes full between the fact and its row', async () => {
    vi.spyOn(it_.store.runs, 'update').mockRejectedValue(new ChaosError('storage-full', 'No room.'))
    await recordSurely(
      { book: it_.book, log: pino({ level: 'silent' }) },
      { type: 'phase.entered', runId, phase: 'preflight' },
    )
    const entered = (await it_.store.facts.ofRun(runId)).filter(({ fact }) => fact.event.type === 'phase.entered')
    expect(entered).toHaveLength(1)
  })

  test('keeps no facts in memory: they are read from the store when somebody asks', async () => {
    await it_.book.record(note('kept'))
    expect(await it_.book.facts(runId)).toStrictEqual(await it_.store.facts.ofRun(runId))
  })

  test('a row that is older than the facts is corrected when the run is looked at again', async () => {
    const update = vi.spyOn(it_.store.runs, 'update').mockRejectedValue(new Error('no room'))
    await it_.book.record({ type: 'run.approved', runId, by: 'anna', digest: plan.digest })
    update.mockRestore()
    const later = new StoredRunBook(it_.store, anchoredClock())
    await later.repairRow(runId)
    expect(await it_.store.runs.byId(runId)).toMatchObject({ phase: 'approved' })
  })
})
