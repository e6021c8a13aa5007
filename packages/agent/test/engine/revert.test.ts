import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import type { Reverted, Standing } from '../../src/actions/action.ts'
import { judge } from '../../src/engine/roll-back.ts'
import { RUN, toyWorld } from '../fixtures/toy-engine.ts'

const text = (path: string) => readFileSync(path, 'utf8')
const identical: Reverted = {
  restoration: 'identical',
  compared: [{ item: 'bytes', before: 'a', now: 'a', same: true }],
  kept: [],
}

describe('the verdict on a revert', () => {
  const table: readonly [Reverted['restoration'], Standing, string][] = [
    ['identical', 'before', 'identical'],
    ['identical', 'after', 'stuck'],
    ['identical', 'conflict', 'ours undone'],
    ['identical', 'unclear', 'unknown'],
    ['ours undone', 'before', 'ours undone'],
    ['ours undone', 'conflict', 'ours undone'],
    ['ours undone', 'after', 'stuck'],
    ['ours undone', 'unclear', 'unknown'],
    ['unknown', 'before', 'unknown'],
    ['unknown', 'after', 'stuck'],
    ['unknown', 'conflict', 'unknown'],
    ['unknown', 'unclear', 'unknown'],
  ]
  for (const [said, standing, verdict] of table) {
    test(`said "${said}" and seen "${standing}" is "${verdict}"`, () => {
      const result = judge({ ...identical, restoration: said }, standing)
      expect(result.restoration).toBe(verdict)
      expect(result.reason === null).toBe(verdict === 'identical' || verdict === 'ours undone')
    })
  }

  test('is never "identical" when a single compared item differs', () => {
    const compared = [{ item: 'mode', before: '0644', now: '0600', same: false }]
    for (const said of ['identical', 'unknown'] as const) {
      const { restoration, reason } = judge({ ...identical, restoration: said, compared }, 'before')
      expect([restoration, reason]).toEqual(['unknown', 'not as before: mode'])
    }
  })

  test('always says that something was kept when the host is not identical', () => {
    expect(judge({ ...identical, restoration: 'ours undone' }, 'conflict').kept).toHaveLength(1)
  })
})

describe('putting back', () => {
  test('brings the host back, closes the record and disarms the failsafe', async () => {
    const { engine, failsafe, file, request } = toyWorld()
    await engine.inject(request())
    expect(await engine.revert({ runId: RUN, stepId: 'one' }, 'abort')).toMatchObject([{ restoration: 'identical' }])
    expect(text(file)).toBe('before')
    expect((await engine.standings()).records).toEqual([])
    expect(failsafe.armed.size).toBe(0)
  })

  test('finds nothing to do the second time', async () => {
    const { engine, another, request } = toyWorld()
    await engine.inject(request())
    const ends = await Promise.all([engine.revert({}, 'halt'), another().revert({}, 'failsafe')])
    expect(ends.flat()).toHaveLength(1)
    expect(await engine.revert({}, 'by hand')).toEqual([])
  })

  test('leaves alone what another selection names', async () => {
    const { engine, file, request } = toyWorld()
    await engine.inject(request())
    expect(await engine.revert({ stepId: 'two' }, 'abort')).toEqual([])
    expect(text(file)).toBe('after')
    await engine.revert({}, 'by hand')
  })

  test('reverts newest first, and what is newer than the selected before it', async () => {
    const { engine, file, request, events } = toyWorld()
    const second = join(dirname(file), 'second.txt')
    writeFileSync(second, 'before')
    await engine.inject(request())
    await engine.inject(request({ stepId: 'two', params: { path: second, text: 'after' } }))
    const outcomes = await engine.revert({ stepId: 'one' }, 'hold ended')
    expect(outcomes.map((outcome) => outcome.stepId)).toEqual(['two', 'one'])
    expect(events.filter((event) => event.type === 'revert.ended')).toHaveLength(2)
    expect([text(file), text(second)]).toEqual(['before', 'before'])
  })

  test('reverts the newest alone', async () => {
    const { engine, file, request } = toyWorld()
    const second = join(dirname(file), 'second.txt')
    writeFileSync(second, 'before')
    await engine.inject(request())
    await engine.inject(request({ stepId: 'two', params: { path: second, text: 'after' } }))
    await engine.revert({ stepId: 'two' }, 'released early')
    expect([text(file), text(second)]).toEqual(['after', 'before'])
    await engine.revert({}, 'by hand')
  })

  test('keeps what somebody else changed meanwhile, and says so', async () => {
    const { engine, file, request, events } = toyWorld()
    await engine.inject(request())
    writeFileSync(file, 'somebody else')
    expect(await engine.revert({}, 'abort')).toMatchObject([{ restoration: 'ours undone' }])
    expect(text(file)).toBe('somebody else')
    expect(events.at(-1)).toMatchObject({ kept: [`${file} was changed.`] })
    expect((await engine.standings()).records).toEqual([])
  })

  test('tries again when the first attempt fails', async () => {
    let failures = 1
    const { engine, file, request } = toyWorld({
      beforeRevert: () => {
        failures -= 1
        if (failures >= 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      },
    })
    await engine.inject(request())
    expect(await engine.revert({}, 'abort')).toMatchObject([{ restoration: 'identical' }])
    expect(text(file)).toBe('before')
  })

  test('first ends what still restores into the place of the record', async () => {
    const steps: string[] = []
    const hooks = { beforeRevert: async () => void steps.push('revert') }
    const world = toyWorld(hooks, { endExercises: async (recordId) => void steps.push(recordId) })
    const { head } = await world.engine.inject(world.request())
    await world.engine.revert({}, 'halt')
    expect(steps).toEqual([head.recordId, 'revert'])
  })

  test('is not stopped by a policy that has become stricter', async () => {
    let allowed = true
    const policy = async () => ({
      present: true,
      digest: null,
      warnings: [],
      allows: () => ({ allowed, reason: 'No.', rule: 'none' }),
    })
    const { engine, file, request } = toyWorld({}, { policy })
    await engine.inject(request())
    allowed = false
    await engine.revert({}, 'abort')
    expect(text(file)).toBe('before')
  })

  test('goes on without the lock when the lock itself is broken', async () => {
    const { engine, another, file, request, warnings } = toyWorld()
    await engine.inject(request())
    const acquire = async () => {
      throw new ChaosError('tool-failed', 'There is no lock here.')
    }
    await another({}, { locker: { acquire } }).revert({}, 'by hand')
    expect(text(file)).toBe('before')
    expect(warnings.join()).toContain('without the lock')
  })

  test('goes on when its progress cannot be written', async () => {
    const { engine, deps, file, request, warnings } = toyWorld()
    await engine.inject(request())
    deps.journal.mark = async () => {
      throw new Error('EROFS: read-only file system')
    }
    expect(await engine.revert({}, 'abort')).toMatchObject([{ restoration: 'identical' }])
    expect(text(file)).toBe('before')
    expect(warnings.length).toBeGreaterThan(0)
  })
})

describe('a record that cannot be rolled back', () => {
  const stubborn = {
    beforeRevert: () => {
      throw new Error('the service does not start')
    },
  }

  test('stays in the journal as stuck, with the reason and what a person must do', async () => {
    const { engine, failsafe, request, events } = toyWorld(stubborn)
    const { folder } = await engine.inject(request())
    const [outcome] = await engine.revert({}, 'abort')
    expect(outcome).toMatchObject({ restoration: 'stuck' })
    expect(outcome?.byHand).toContain('the service does not start')
    expect(outcome?.byHand).toContain(`${folder}/UNDO.txt`)
    expect(outcome?.byHand).toContain('Write the saved text back')
    const [record] = (await engine.standings()).records
    expect(record).toMatchObject({ state: 'stuck', stuckReason: 'the service does not start' })
    expect(failsafe.armed.size).toBe(1)
    expect(events.at(-1)).toMatchObject({ type: 'revert.ended', restoration: 'stuck' })
  })

  test('blocks every further inject on the host', async () => {
    const { engine, request } = toyWorld(stubborn)
    await engine.inject(request())
    await engine.revert({}, 'abort')
    await expect(engine.inject(request({ stepId: 'two' }))).rejects.toMatchObject({ code: 'host-stuck' })
  })

  test('does not keep older ones from being rolled back', async () => {
    const { engine, file, request } = toyWorld({
      beforeRevert: (undo) => {
        if (undo.path.endsWith('second.txt')) throw new Error('no')
      },
    })
    const second = join(dirname(file), 'second.txt')
    writeFileSync(second, 'before')
    await engine.inject(request())
    await engine.inject(request({ stepId: 'two', params: { path: second, text: 'after' } }))
    const outcomes = await engine.revert({}, 'halt')
    expect(outcomes.map((outcome) => outcome.restoration)).toEqual(['stuck', 'identical'])
    expect(text(file)).toBe('before')
  })

  test('is rolled back later, once the cause is gone', async () => {
    const { engine, another, file, request } = toyWorld(stubborn)
    await engine.inject(request())
    await engine.revert({}, 'abort')
    expect(await another().revert({}, 'by hand')).toMatchObject([{ restoration: 'identical' }])
    expect(text(file)).toBe('before')
  })

  test('is unknown, and never reverted, when the action does not know', async () => {
    const { engine, request } = toyWorld({
      revert: ({ path, before }) => {
        writeFileSync(path, before)
        return { ...identical, restoration: 'unknown' }
      },
    })
    await engine.inject(request())
    expect(await engine.revert({}, 'abort')).toMatchObject([{ restoration: 'unknown' }])
    expect((await engine.standings()).records).toMatchObject([{ state: 'stuck' }])
  })

  test('is stuck, not forgotten, when this version does not know the action', async () => {
    const { engine, another, request } = toyWorld()
    await engine.inject(request())
    const [outcome] = await another({}, { actions: [] }).revert({}, 'recovery')
    expect(outcome).toMatchObject({ restoration: 'stuck' })
    expect(outcome?.byHand).toContain('UNDO.txt')
    await engine.revert({}, 'by hand')
  })

  test('is stuck when the revert never returns, and is not tried twice at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let calls = 0
      const { engine, request } = toyWorld({
        beforeRevert: () => {
          calls += 1
          return new Promise(() => undefined)
        },
      })
      await engine.inject(request())
      const ending = engine.revert({}, 'abort')
      while (calls === 0) await new Promise(setImmediate)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await ending).toMatchObject([{ restoration: 'stuck', byHand: expect.stringContaining('did not finish') }])
      expect(calls).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('by itself', () => {
  test('a failure is rolled back when its hold ends', async () => {
    const { engine, events, file, request } = toyWorld()
    await engine.inject(request({ holdMs: 50 }))
    await eventually(() => expect(text(file)).toBe('before'))
    await eventually(() => expect(events.at(-1)).toMatchObject({ type: 'revert.ended' }))
    expect(events.at(-2)).toMatchObject({ cause: 'hold ended' })
  })

  test('newer failures are rolled back before an older one whose hold ends', async () => {
    const { engine, file, request, events } = toyWorld()
    const second = join(dirname(file), 'second.txt')
    writeFileSync(second, 'before')
    await engine.inject(request({ holdMs: 1_000 }))
    await engine.inject(request({ stepId: 'two', params: { path: second, text: 'after' } }))
    await eventually(() => expect(text(file)).toBe('before'))
    await eventually(() => expect(events.filter((event) => event.type === 'revert.ended')).toHaveLength(2))
    const order = events.flatMap((event) => (event.type === 'revert.begun' ? [event.stepId] : []))
    expect(order).toEqual(['two', 'one'])
  })

  test('everything is rolled back when the halt file appears', async () => {
    const { engine, events, file, paths, request } = toyWorld()
    await engine.inject(request())
    mkdirSync(dirname(paths.haltFile), { recursive: true })
    writeFileSync(paths.haltFile, '')
    await eventually(() => expect(text(file)).toBe('before'))
    await eventually(() => expect(events.at(-1)).toMatchObject({ type: 'revert.ended' }))
    expect(events.at(-2)).toMatchObject({ cause: 'halt' })
  })

  test('nothing is watched any more once another process has rolled everything back', async () => {
    let asked = 0
    const world = toyWorld()
    const { locker } = world.deps
    const acquire = (waitMs: number) => {
      asked += 1
      return locker.acquire(waitMs)
    }
    const engine = world.another({}, { locker: { acquire } })
    await engine.inject(world.request())
    await world.engine.revert({}, 'by hand')
    mkdirSync(dirname(world.paths.haltFile), { recursive: true })
    writeFileSync(world.paths.haltFile, '')
    await eventually(() => expect(asked).toBe(2))
    rmSync(world.paths.haltFile)
    await engine.inject(world.request())
    expect(asked).toBe(3)
    await engine.revert({}, 'by hand')
  })

  test('shutting down rolls back, and refuses what comes after', async () => {
    const { engine, file, request } = toyWorld()
    await engine.inject(request())
    expect(await engine.shutdown('shutdown')).toMatchObject([{ restoration: 'identical' }])
    expect(text(file)).toBe('before')
    await expect(engine.inject(request())).rejects.toMatchObject({ code: 'wrong-state' })
  })
})

test('whoever shows the journal is notified of each change', async () => {
  const { engine, request } = toyWorld()
  let changes = 0
  const stop = engine.onChange(() => {
    changes += 1
  })
  await engine.inject(request())
  expect(changes).toBe(1)
  await engine.revert({}, 'by hand')
  expect(changes).toBe(2)
  stop()
  await engine.inject(request())
  expect(changes).toBe(2)
  await engine.revert({}, 'by hand')
})
