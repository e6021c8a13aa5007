import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { heldLately, noteHeld } from '../../src/engine/held-lately.ts'
import type { HostClock } from '../../src/host/host.ts'
import type { Policy, PolicyRequest } from '../../src/policy/policy.ts'
import { headWith } from '../fixtures/heads.ts'
import { allowAll, OTHER_RUN, RUN, type ToyWorld, toyWorld } from '../fixtures/toy-engine.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const T0 = 1_790_000_000_000

/** A host whose clocks the test moves. */
function worldAt() {
  const now = { wallMs: T0, monoMs: 1_000, bootId: 'boot-1' }
  const world = toyWorld()
  mkdirSync(world.paths.state, { recursive: true })
  const clock: HostClock = {
    get bootId() {
      return now.bootId
    },
    wallMs: () => now.wallMs,
    monoMs: () => now.monoMs,
  }
  const deps = { ...world.deps, host: { ...world.deps.host, clock } }
  const pass = (ms: number) => {
    now.wallMs += ms
    now.monoMs += ms
  }
  /** One failure that was held so long, and rolled back. */
  const hold = async (ms: number, runId: string | null = RUN) => {
    const times = {
      preparedWallMs: now.wallMs,
      revertByWallMs: now.wallMs + DAY_MS,
      revertByMonoMs: now.monoMs + DAY_MS,
    }
    const head = headWith({ runId, bootId: now.bootId, ...times })
    pass(ms)
    await noteHeld(deps, head)
  }
  return { world, deps, now, pass, hold, file: `${world.deps.journal.folder}-held.json` }
}

test('a host that was never drilled has borne nothing', async () => {
  const { deps } = worldAt()
  expect(await heldLately(deps, RUN)).toEqual({ heldMs: 0, restedMs: null })
})

test('what was held is added up, a short failure counting as a minute', async () => {
  const { deps, hold } = worldAt()
  await hold(10 * MINUTE_MS)
  await hold(1_000)
  expect((await heldLately(deps, RUN)).heldMs).toBe(11 * MINUTE_MS)
})

test('rest counts from the last failure of another run', async () => {
  const { deps, hold, pass } = worldAt()
  await hold(MINUTE_MS)
  pass(5_000)
  expect((await heldLately(deps, RUN)).restedMs).toBeNull()
  expect((await heldLately(deps, OTHER_RUN)).restedMs).toBe(5_000)
})

test('what is held just now counts with all the time that it may take', async () => {
  const world = toyWorld()
  await world.engine.inject(world.request({ holdMs: 30 * MINUTE_MS }))
  expect((await heldLately(world.deps, RUN)).heldMs).toBe(30 * MINUTE_MS)
  await world.engine.revert({}, 'released early')
  expect((await heldLately(world.deps, RUN)).heldMs).toBe(MINUTE_MS)
})

test('a rehearsal that is held just now is not counted', async () => {
  const world = toyWorld()
  await world.engine.inject(world.request({ runId: null, holdMs: 30 * MINUTE_MS }))
  expect((await heldLately(world.deps, RUN)).heldMs).toBe(0)
  await world.engine.revert({}, 'by hand')
})

test('a plan says until when nothing may be started, which changes nothing of what is approved', async () => {
  const reason = 'policy.yaml leaves this host alone for 1m after each run, now until 2026-09-21 14:13:20 UTC'
  let rests = true
  const resting: Policy = {
    ...allowAll,
    allows: (request) =>
      request.lately !== undefined && rests
        ? { allowed: false, reason, rule: 'restBetween: 1m' }
        : allowAll.allows(request),
  }
  const world: ToyWorld = toyWorld({}, { policy: async () => resting })
  const now = await world.engine.prepare(world.request())
  rests = false
  const later = await world.engine.prepare(world.request())
  expect([now.notYet, later.notYet]).toEqual([reason, null])
  expect(now.digest).toBe(later.digest)
})

test('a day later it is forgotten', async () => {
  const { deps, hold, pass, file } = worldAt()
  await hold(MINUTE_MS)
  pass(DAY_MS)
  expect(await heldLately(deps, OTHER_RUN)).toEqual({ heldMs: 0, restedMs: null })
  await hold(2 * MINUTE_MS)
  expect(JSON.parse(readFileSync(file, 'utf8')).holds).toHaveLength(1)
})

test('a step of the calendar clock does not change how long it was', async () => {
  const { deps, now } = worldAt()
  const head = headWith({ runId: RUN, bootId: now.bootId, preparedWallMs: T0, revertByWallMs: T0 + DAY_MS })
  now.monoMs = head.revertByMonoMs - DAY_MS + 5 * MINUTE_MS
  now.wallMs += 10 * 60 * MINUTE_MS
  await noteHeld(deps, head)
  expect((await heldLately(deps, RUN)).heldMs).toBe(5 * MINUTE_MS)
})

test('over a restart of the machine the calendar clock shows how long it was', async () => {
  const { deps, now } = worldAt()
  const head = headWith({ runId: RUN, bootId: 'before', preparedWallMs: T0, revertByWallMs: T0 + DAY_MS })
  now.wallMs += 7 * MINUTE_MS
  await noteHeld(deps, head)
  expect((await heldLately(deps, RUN)).heldMs).toBe(7 * MINUTE_MS)
})

test('a rehearsal is the owner of the host, and not counted', async () => {
  const { hold, file } = worldAt()
  await hold(MINUTE_MS, null)
  expect(existsSync(file)).toBe(false)
})

test('what cannot be read is said, and keeps no host changed', async () => {
  const { deps, world, hold, file } = worldAt()
  writeFileSync(file, '')
  expect(await heldLately(deps, RUN)).toEqual({ heldMs: 0, restedMs: null })
  expect(world.warnings.join()).toContain('cannot be read')
  await hold(MINUTE_MS)
  expect((await heldLately(deps, RUN)).heldMs).toBe(MINUTE_MS)
})

/** A policy that notes what it was asked. */
function noting(asked: PolicyRequest[]): Policy {
  return {
    ...allowAll,
    allows: (request) => {
      asked.push(request)
      return allowAll.allows(request)
    },
  }
}

test('the policy learns what the host has borne when a run is prepared or injects, and for nothing else', async () => {
  const asked: PolicyRequest[] = []
  const policy = noting(asked)
  const world: ToyWorld = toyWorld({}, { policy: async () => policy })
  await world.engine.prepare(world.request())
  await world.engine.inject(world.request())
  await world.engine.revert({}, 'released early')
  await world.engine.inject(world.request({ runId: OTHER_RUN }))
  await world.engine.revert({}, 'released early')
  await world.engine.inject(world.request({ runId: null }))
  await world.engine.revert({}, 'by hand')
  expect(asked.map(({ lately }) => lately?.heldMs)).toEqual([undefined, 0, 0, MINUTE_MS, undefined])
  expect(asked[3]?.lately?.restedMs).toBeGreaterThanOrEqual(0)
})
