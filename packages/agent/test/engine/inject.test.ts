import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { openJournal } from '../../src/journal/file-journal.ts'
import type { Journal } from '../../src/journal/journal.ts'
import type { RecordState } from '../../src/journal/record.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { OTHER_RUN, RUN, toyWorld } from '../fixtures/toy-engine.ts'

const text = (path: string) => readFileSync(path, 'utf8')

/** A journal whose `mark` of one state fails as a full disk does. */
function fullAt(folder: string, state: RecordState): Journal {
  const journal = openJournal(folder)
  const mark = journal.mark.bind(journal)
  journal.mark = async (recordId, to, note) => {
    if (to === state) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    return mark(recordId, to, note)
  }
  return journal
}

describe('prepare', () => {
  test('says what would be touched, and changes nothing', async () => {
    const { engine, file, paths, request } = toyWorld()
    const prepared = await engine.prepare(request())
    expect(prepared.touches).toEqual([`file:${file}`])
    expect(prepared.sentences).toHaveLength(2)
    expect(text(file)).toBe('before')
    expect(readdirSync(paths.scratch)).toEqual([])
    expect((await engine.standings()).records).toEqual([])
  })

  test('gives the same digest for the same explanation and another one for another', async () => {
    const { engine, file, request } = toyWorld()
    const first = await engine.prepare(request())
    expect((await engine.prepare(request())).digest).toBe(first.digest)
    expect((await engine.prepare(request({ params: { text: 'after', path: file } }))).digest).toBe(first.digest)
    writeFileSync(file, 'longer than before')
    expect((await engine.prepare(request())).digest).not.toBe(first.digest)
  })

  test('refuses an unknown action and names those it knows', async () => {
    const { engine, request } = toyWorld()
    await expect(engine.prepare(request({ action: 'toy.explode' }))).rejects.toThrow(/toy\.write/)
  })

  test('refuses parameters that the action does not know', async () => {
    const { engine, request } = toyWorld()
    await expect(engine.prepare(request({ params: { path: 7 } }))).rejects.toMatchObject({ code: 'param-invalid' })
  })

  test('refuses what the host’s owner did not allow, with the rule', async () => {
    const policy: Policy = {
      present: false,
      digest: null,
      warnings: [],
      allows: () => ({ allowed: false, reason: 'There is no policy.', rule: 'actions: [toy.write]' }),
    }
    const { engine, request } = toyWorld({}, { policy: async () => policy })
    const refusal = { code: 'policy-refused', rule: 'actions: [toy.write]' }
    await expect(engine.prepare(request())).rejects.toMatchObject(refusal)
    await expect(engine.inject(request())).rejects.toMatchObject(refusal)
  })
})

describe('inject', () => {
  test('writes the record, arms the failsafe and marks `injecting` before it touches anything', async () => {
    const seen: unknown[] = []
    const world = toyWorld({
      beforeInject: async () => {
        const [record] = (await world.engine.standings()).records
        seen.push(record?.state, world.failsafe.armed.has(record?.head.recordId ?? ''))
      },
    })
    await world.engine.inject(world.request())
    expect(seen).toEqual(['injecting', true])
  })

  test('returns when the failure is in place, and says so durably', async () => {
    const { engine, file, request } = toyWorld()
    const record = await engine.inject(request())
    expect(text(file)).toBe('after')
    expect((await engine.standings()).records[0]).toEqual({ ...record, state: 'injected' })
    await engine.revert({}, 'by hand')
  })

  test('reports its story as facts, in order', async () => {
    const { engine, events, request } = toyWorld()
    await engine.inject(request())
    await engine.revert({ runId: RUN }, 'released early')
    const story = ['inject.armed', 'inject.begun', 'inject.injected', 'revert.begun', 'revert.ended']
    expect(events.map((event) => event.type)).toEqual(story)
    expect(events.at(-2)).toMatchObject({ runId: RUN, stepId: 'one', action: 'toy.write', cause: 'released early' })
    expect(events.at(-1)).toMatchObject({ restoration: 'identical', byHand: null })
  })

  test('reports no facts about a rehearsal, which belongs to no run', async () => {
    const { engine, events, request } = toyWorld()
    await engine.inject(request({ runId: null }))
    await engine.revert({}, 'hold ended')
    expect(events).toEqual([])
  })

  test('never puts the safety timer off for an effect that is waited for longer than the failure is held', async () => {
    const { engine, request } = toyWorld()
    const { head } = await engine.inject(request({ holdMs: 30_000, effectWaitMs: 10 * 365 * 86_400_000 }))
    const { injectMs, revertMs } = head
    expect(head.revertByWallMs - head.preparedWallMs).toBe(injectMs + 30_000 + 30_000 + revertMs + 3_000)
  })

  test('fixes `revertBy` from the budgets, the effect wait and the hold', async () => {
    const { engine, request } = toyWorld()
    const { head } = await engine.inject(request({ holdMs: 30_000, effectWaitMs: 7_000 }))
    const longest = head.injectMs + 7_000 + 30_000 + head.revertMs
    expect(head.revertByWallMs - head.preparedWallMs).toBeGreaterThanOrEqual(longest)
    expect(head.revertByWallMs - head.preparedWallMs).toBeLessThanOrEqual(longest + 5_000)
    await engine.revert({}, 'by hand')
  })

  test('refuses when the host would be touched differently than planned', async () => {
    const { engine, file, request } = toyWorld()
    const { digest } = await engine.prepare(request())
    writeFileSync(file, 'changed since')
    await expect(engine.inject(request({ explanationDigest: digest }))).rejects.toMatchObject({ code: 'plan-changed' })
    expect(text(file)).toBe('changed since')
    expect((await engine.standings()).records).toEqual([])
  })

  test('accepts what was planned', async () => {
    const { engine, request } = toyWorld()
    const { digest } = await engine.prepare(request())
    await expect(engine.inject(request({ explanationDigest: digest }))).resolves.toBeDefined()
    await engine.revert({}, 'by hand')
  })
})

describe('one run per host', () => {
  test('refuses another run while one is open', async () => {
    const { engine, request } = toyWorld()
    await engine.inject(request())
    await expect(engine.inject(request({ runId: OTHER_RUN }))).rejects.toMatchObject({ code: 'host-busy' })
    await engine.revert({}, 'by hand')
  })

  test('refuses a rehearsal beside a run, and a run beside a rehearsal', async () => {
    const { engine, another, request } = toyWorld()
    await engine.inject(request())
    await expect(another().inject(request({ runId: null }))).rejects.toMatchObject({ code: 'host-busy' })
    await engine.revert({}, 'by hand')
    await another().inject(request({ runId: null }))
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'host-busy' })
    await engine.revert({}, 'by hand')
  })

  test('refuses a second record for the same thing in the same run', async () => {
    const { engine, request } = toyWorld()
    await engine.inject(request())
    const second = engine.inject(request({ stepId: 'two' }))
    await expect(second).rejects.toThrow(/still changed by toy\.write of step one/)
    await engine.revert({}, 'by hand')
  })

  test('lets only one of two engines begin', async () => {
    const { engine, another, file, request } = toyWorld()
    const both = [engine.inject(request()), another().inject(request({ runId: OTHER_RUN }))]
    const ends = await Promise.allSettled(both)
    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected'])
    await engine.revert({}, 'by hand')
    expect(text(file)).toBe('before')
  })
})

describe('when something fails before the host was touched, nothing is changed and it is said', () => {
  test('a failsafe that cannot be armed', async () => {
    const { engine, failsafe, file, request, events } = toyWorld()
    failsafe.refuse = new ChaosError('failsafe-unavailable', 'No timer here. Nothing was touched.')
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'failsafe-unavailable' })
    expect(text(file)).toBe('before')
    expect((await engine.standings()).records).toEqual([])
    expect(events).toEqual([])
  })

  test('a full disk under the journal', async () => {
    const full = async () => {
      throw new ChaosError('journal-full', 'There is no room.')
    }
    const { engine, deps, file, request } = toyWorld()
    deps.journal.stage = full
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'journal-full' })
    expect(text(file)).toBe('before')
  })

  test('a full disk at the mark `injecting`', async () => {
    const { another, deps, failsafe, file, paths, request } = toyWorld()
    const engine = another({}, { journal: fullAt(paths.journal, 'injecting') })
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'journal-full' })
    expect(text(file)).toBe('before')
    expect(await deps.journal.list()).toEqual({ records: [], unreadable: [] })
    expect(failsafe.armed.size).toBe(0)
  })

  test('facts that cannot be stored', async () => {
    const report = async () => {
      throw new ChaosError('storage-full', 'The outbox is full.')
    }
    const { engine, file, request, failsafe } = toyWorld({}, { reporter: { report } })
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'storage-full' })
    expect(text(file)).toBe('before')
    expect(failsafe.armed.size).toBe(0)
  })

  test('an unreadable journal', async () => {
    const { engine, file, paths, request } = toyWorld()
    const { folder } = await engine.inject(request())
    await engine.revert({}, 'by hand')
    mkdirSync(folder)
    writeFileSync(`${folder}/head.json`, 'nonsense')
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'journal-unreadable' })
    expect(text(file)).toBe('before')
    expect(readdirSync(paths.journal)).toHaveLength(1)
  })

  test('the halt file', async () => {
    const { engine, file, paths, request } = toyWorld()
    mkdirSync(dirname(paths.haltFile), { recursive: true })
    writeFileSync(paths.haltFile, '')
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'policy-refused', rule: paths.haltFile })
    await expect(engine.prepare(request())).rejects.toThrow(
      /^This host is halted since \d{4}-\d\d-\d\d [\d:]{8} UTC: .* is there.*: chaos-lite-agent halt --lift$/,
    )
    expect(text(file)).toBe('before')
  })
})

describe('when something fails after the host may have been touched, it is rolled back at once', () => {
  const failing = {
    'an action that fails half-way': {
      afterInject: () => {
        throw new Error('half-way')
      },
    },
    'an action that did not take hold': { afterInject: (undo: { path: string }) => writeFileSync(undo.path, 'before') },
    'an action that fails before it does anything': {
      beforeInject: () => {
        throw new Error('not begun')
      },
    },
  }
  for (const [what, hooks] of Object.entries(failing)) {
    test(what, async () => {
      const { engine, events, file, request } = toyWorld(hooks)
      await expect(engine.inject(request())).rejects.toThrow(/Rolled back: identical/)
      expect(text(file)).toBe('before')
      expect((await engine.standings()).records).toEqual([])
      const reported = events.map((event) => event.type)
      expect(reported).toEqual(['inject.armed', 'inject.begun', 'inject.failed', 'revert.begun', 'revert.ended'])
      expect(events.at(-2)).toMatchObject({ cause: 'inject failed' })
    })
  }

  test('a full disk at the mark `injected`', async () => {
    const { another, file, paths, request } = toyWorld()
    const engine = another({}, { journal: fullAt(paths.journal, 'injected') })
    await expect(engine.inject(request())).rejects.toThrow(/Rolled back: identical/)
    expect(text(file)).toBe('before')
  })

  test('facts that can no longer be stored', async () => {
    let room = 1
    const report = async () => {
      if (room === 0) throw new Error('The outbox is full.')
      room -= 1
    }
    const { engine, file, request, warnings } = toyWorld({}, { reporter: { report } })
    await engine.inject(request())
    const [outcome] = await engine.revert({}, 'by hand')
    expect(outcome?.restoration).toBe('identical')
    expect(text(file)).toBe('before')
    expect(warnings.length).toBeGreaterThan(0)
  })

  test('an action that hears that it is called back', async () => {
    const { engine, file, request } = toyWorld({
      afterInject: (_undo, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    })
    const inject = engine.inject(request())
    inject.catch(() => undefined)
    await eventually(() => expect(text(file)).toBe('after'))
    const outcomes = await engine.revert({ runId: RUN }, 'stop all')
    expect(outcomes).toMatchObject([{ restoration: 'identical' }])
    await expect(inject).rejects.toThrow(/cancelled: stop all/)
    expect(text(file)).toBe('before')
  })

  test('an inject that was cancelled before it started never starts', async () => {
    const { engine, file, request } = toyWorld()
    const inject = engine.inject(request())
    inject.catch(() => undefined)
    await engine.revert({}, 'stop all')
    await expect(inject).rejects.toThrow()
    expect(text(file)).toBe('before')
    expect((await engine.standings()).records).toEqual([])
  })
})
