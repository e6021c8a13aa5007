import { setTimeout as pause } from 'node:timers/promises'
import type { Compared } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/host.ts'
import { item } from '../../host/swap/index.ts'
import type { ActionContext, Standing } from '../action.ts'
import { type ServiceUndo, startOrder, type UnitBefore } from './undo.ts'

/** A socket goes on to `running` only a moment after its service. */
const settleMs = 5000
const lookEveryMs = 50

/** An administrator who disables, masks or removes a unit during the failure wants it to stay down. */
function wanted(before: UnitBefore, now: UnitState): 'as before' | 'kept down' {
  const gone = now.loadState === 'masked' || now.loadState === 'not-found' || now.enabledState.startsWith('masked')
  const disabled = before.enabledState.startsWith('enabled') && now.enabledState === 'disabled'
  return gone || disabled ? 'kept down' : 'as before'
}

function runs({ activeState }: UnitState): boolean {
  return activeState === 'active' || activeState === 'reloading'
}

/** A service that its socket starts on demand may have been idle. */
function ran({ activeState }: UnitBefore): boolean {
  return activeState === 'active'
}

export async function standing(host: Host, undo: ServiceUndo): Promise<Standing> {
  const states = await Promise.all(
    undo.units.map(async (before) => ({ before, now: await host.services.state(before.name) })),
  )
  if (states.some(({ before, now }) => ran(before) && !runs(now) && wanted(before, now) === 'kept down'))
    return 'conflict'
  if (states.every(({ before, now }) => runs(now) || !ran(before))) return 'before'
  const stopped = states.filter(({ before }) => before.role !== 'dependent')
  return stopped.every(({ now }) => ['inactive', 'failed'].includes(now.activeState)) ? 'after' : 'conflict'
}

/** Starts again what ran before and does not run now. Idempotent; somebody else's decision is kept. */
export async function startAgain(
  { host, signal }: ActionContext,
  undo: ServiceUndo,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const kept: string[] = []
  // All are looked at before any is started: starting one may start others with it.
  const found = await Promise.all(undo.units.map(({ name }) => host.services.state(name)))
  for (const unit of startOrder(undo)) {
    const first = found.find(({ name }) => name === unit.name)
    const now = await host.services.state(unit.name)
    if (runs(now)) {
      if (first !== undefined && runs(first) && !sameStart(host, undo, unit, now))
        kept.push(`${unit.name} had been started again already; it was left running.`)
    } else if (!ran(unit)) {
      // Idle before, idle again: its socket or timer starts it when it is needed.
    } else if (wanted(unit, now) === 'kept down') {
      const what = now.loadState === 'not-found' ? 'removed' : now.enabledState || now.loadState
      kept.push(`${unit.name} is ${what} now, by somebody else: it was not started again.`)
    } else {
      await start(host, unit, signal)
    }
  }
  return { compared: await compareSettled(host, undo, signal), kept }
}

/** Still the very start that was running when we looked: it was never stopped. */
function sameStart(host: Host, undo: ServiceUndo, before: UnitBefore, now: UnitState): boolean {
  const sameBoot = host.clock.bootId === undo.bootId
  return sameBoot && now.startId === before.startId && now.activeSinceMonoUs === before.activeSinceMonoUs
}

/** A trigger that cannot start because its service runs already shows in what is compared; a service must run. */
async function start(host: Host, unit: UnitBefore, signal: AbortSignal): Promise<void> {
  const { services } = host
  try {
    if ((await services.state(unit.name)).activeState === 'deactivating') await endHanging(host, unit, signal)
    await services.start(unit.name, unit.startMs, signal)
  } catch (thrown) {
    if (unit.role === 'trigger' || runs(await services.state(unit.name))) return
    throw thrown
  }
}

/** It was told to stop and has not: it gets its time once more, then it is killed, because it serves nobody as it is. */
async function endHanging({ services }: Host, unit: UnitBefore, signal: AbortSignal): Promise<void> {
  await services.start(unit.name, unit.stopMs, signal).catch(() => {})
  if ((await services.state(unit.name)).activeState === 'deactivating') await services.kill(unit.name)
}

async function compareSettled(host: Host, undo: ServiceUndo, signal: AbortSignal): Promise<readonly Compared[]> {
  const until = host.clock.monoMs() + settleMs
  for (;;) {
    const states = await Promise.all(undo.units.map(({ name }) => host.services.state(name)))
    const pairs = undo.units.map((before, index) => ({ before, now: states[index] ?? null }))
    const moving = pairs.some(
      ({ before, now }) => before.activeState === now?.activeState && before.subState !== now.subState,
    )
    if (!moving || host.clock.monoMs() > until || signal.aborted) {
      return pairs.flatMap(({ before, now }) => (now ? compareUnit(before, now) : []))
    }
    await pause(lookEveryMs)
  }
}

function compareUnit(before: UnitBefore, now: UnitState): readonly Compared[] {
  return [
    item(`${before.name} active`, before.activeState, now.activeState),
    item(`${before.name} state`, before.subState, now.subState),
    item(`${before.name} enabled`, before.enabledState || 'no such notion', now.enabledState || 'no such notion'),
  ]
}
