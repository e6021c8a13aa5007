import { ChaosError, type Compared } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/index.ts'
import { item, printable } from '../../host/index.ts'
import { lookUntil } from '../../wait/index.ts'
import type { ActionContext, Standing } from '../action.ts'
import { readLate } from './late.ts'
import { type ServiceUndo, startOrder, type UnitBefore } from './service-undo.ts'

/** A socket goes on to `running` only a moment after its service. */
const settleMs = 5000
const lookEveryMs = 50
const enabledItem = ' enabled'
/** Asking the manager takes time too. */
const askingMs = 5000
const longestLateMs = 300_000

function isGone({ loadState, enabledState }: UnitState): boolean {
  return loadState === 'masked' || loadState === 'not-found' || enabledState.startsWith('masked')
}

/** An administrator who disables, masks or removes a unit during the failure wants it to stay down. */
function wanted(before: UnitBefore, now: UnitState): 'as before' | 'kept down' {
  const gone = isGone(now)
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

/** Somebody's other unit that runs now and cannot run beside this one: starting this one would stop it. */
async function rivalOf(host: Host, undo: ServiceUndo, now: UnitState): Promise<string | null> {
  for (const name of now.conflicts) {
    const other = await host.services.state(name)
    if (runs(other) && !undo.units.some((unit) => unit.name === other.name)) return other.name
  }
  return null
}

/** Conflict: somebody started, masked or removed a unit meanwhile, or runs one that cannot run beside it. */
export async function serviceStanding(
  { host, recordFolder }: Pick<ActionContext, 'host' | 'recordFolder'>,
  undo: ServiceUndo,
): Promise<Standing> {
  const late = await Promise.all((await readLate(recordFolder)).map((name) => host.services.state(name)))
  const states = await Promise.all(
    undo.units.map(async (before) => ({ before, now: await host.services.state(before.name) })),
  )
  if (states.some(({ before, now }) => ran(before) && !runs(now) && wanted(before, now) === 'kept down'))
    return 'conflict'
  if (states.every(({ before, now }) => runs(now) || !ran(before)))
    return late.every((now) => runs(now) || isGone(now)) ? 'before' : 'conflict'
  for (const { before, now } of states) {
    if (ran(before) && !runs(now) && (await rivalOf(host, undo, now)) !== null) return 'conflict'
  }
  const stopped = states.filter(({ before }) => before.role !== 'dependent')
  return stopped.every(({ now }) => ['inactive', 'failed'].includes(now.activeState)) ? 'after' : 'conflict'
}

/** Whatever became of sockets and dependents: does the service itself still not run? */
export async function isStillDown(host: Host, undo: ServiceUndo): Promise<boolean> {
  const services = undo.units.filter(({ role }) => role === 'service')
  const states = await Promise.all(services.map(({ name }) => host.services.state(name)))
  return states.every((now) => !runs(now))
}

/** Starts again what ran before and does not run now. Idempotent; somebody else's decision is kept. */
export async function startAgain(
  { host, signal, recordFolder }: ActionContext,
  undo: ServiceUndo,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const kept: string[] = []
  // All are looked at before any is started: starting one may start others with it.
  const found = await Promise.all(undo.units.map(({ name }) => host.services.state(name)))
  for (const unit of startOrder(undo)) {
    const first = found.find(({ name }) => name === unit.name)
    const now = await host.services.state(unit.name)
    const rival = runs(now) ? null : await rivalOf(host, undo, now)
    const theirs = first !== undefined && runs(first) && !sameStart(host, undo, unit, first)
    if (runs(now)) {
      if (theirs) kept.push(`${unit.name} had been started again already; it was left running.`)
    } else if (!ran(unit) && !theirs) {
      // Idle before, idle again: its socket or timer starts it when it is needed.
    } else if (rival !== null) {
      kept.push(`${unit.name} was not started again: ${rival}, which others started, conflicts with it and would stop.`)
    } else if (wanted(unit, now) === 'kept down') {
      const what = now.loadState === 'not-found' ? 'removed' : now.enabledState || now.loadState
      kept.push(`${unit.name} is ${what} now, by somebody else: it was not started again.`)
    } else {
      if (theirs) kept.push(`${unit.name} had been started again already; its socket came back, so it was restarted.`)
      kept.push(...(await start(host, undo, unit, signal)))
    }
  }
  const late = await startLate(host, await readLate(recordFolder), signal)
  const compared = [...(await compareSettled(host, undo, signal)), ...late]
  const unlisted = enablingKept(compared).filter(({ unit }) => !kept.some((line) => line.startsWith(`${unit} is `)))
  return { compared, kept: [...kept, ...unlisted.map(({ sentence }) => sentence)] }
}

/** Units that a cancelled stop took with it: they ran, and nothing more is known of them. */
async function startLate({ services }: Host, names: readonly string[], signal: AbortSignal): Promise<Compared[]> {
  const compared: Compared[] = []
  for (const name of names) {
    const now = await services.state(name)
    // It may still be stopping: the start waits for that.
    const startMs = Math.min(now.stopTimeoutMs + now.startTimeoutMs + askingMs, longestLateMs)
    if (!runs(now) && !isGone(now)) await services.start(name, startMs, signal)
    compared.push(item(`${name} active`, 'active', (await services.state(name)).activeState))
  }
  return compared
}

/** Still the very start that was running when we looked: it was never stopped. */
function sameStart(host: Host, undo: ServiceUndo, before: UnitBefore, now: UnitState): boolean {
  const sameBoot = host.clock.bootId === undo.bootId
  return sameBoot && now.startId === before.startId && now.activeSinceMonoUs === before.activeSinceMonoUs
}

/** A service must run again; answers with why a unit beside it stays down by somebody else's will. */
async function start(host: Host, undo: ServiceUndo, unit: UnitBefore, signal: AbortSignal): Promise<readonly string[]> {
  const { services } = host
  try {
    if ((await services.state(unit.name)).activeState === 'deactivating') await endHanging(host, unit, signal)
    if (unit.name.endsWith('.socket')) await makeWay(host, undo, signal)
    await services.start(unit.name, unit.startMs, signal)
    return []
  } catch (thrown) {
    if (runs(await services.state(unit.name))) return []
    const service = undo.units.find(({ role }) => role === 'service')
    if (unit.role === 'service' || service === undefined) throw await withLastWords(host, unit.name, thrown)
    const now = await services.state(service.name)
    if (wanted(service, now) === 'kept down') return [`${unit.name} hangs on ${service.name}, which others changed.`]
    // A trigger that does not come back shows in what is compared.
    if (unit.role === 'trigger') return []
    throw await withLastWords(host, unit.name, thrown)
  }
}

/** Why it did not start stands in its log: a person sees it without looking for it. */
async function withLastWords({ services }: Host, unit: string, thrown: unknown): Promise<unknown> {
  const said = await services.lastWords(unit).catch(() => null)
  if (said === null || !(thrown instanceof ChaosError)) return thrown
  // First, because a long reason is cut at its end.
  const message = `The last journal line of ${unit} is: "${printable(said)}" ${thrown.message}`
  return new ChaosError(thrown.code, message, { cause: thrown })
}

/** A socket cannot come back while its service runs: the service is stopped for that moment, and started after it. */
async function makeWay({ services }: Host, undo: ServiceUndo, signal: AbortSignal): Promise<void> {
  for (const unit of undo.units.filter(({ role }) => role === 'service')) {
    const now = await services.state(unit.name)
    // One that could not be started again afterwards is left running.
    if (runs(now) && wanted(unit, now) === 'as before') await services.stop(unit.name, unit.stopMs, signal)
  }
}

/** Whether a unit starts at boot is never changed by us: a difference is somebody else's. */
function enablingKept(compared: readonly Compared[]): readonly { unit: string; sentence: string }[] {
  return compared
    .filter(({ item, same }) => !same && item.endsWith(enabledItem))
    .map(({ item, before, now }) => {
      const unit = item.slice(0, -enabledItem.length)
      return { unit, sentence: `At boot, ${unit} is ${now} now and was ${before}: changed by others, and left so.` }
    })
}

/** It was asked to stop and has not: it gets its time once more, then it is killed, because it serves nobody as it is. */
async function endHanging({ services }: Host, unit: UnitBefore, signal: AbortSignal): Promise<void> {
  await services.start(unit.name, unit.stopMs, signal).catch(() => {})
  if ((await services.state(unit.name)).activeState === 'deactivating') await services.kill(unit.name)
}

async function compareSettled(host: Host, undo: ServiceUndo, signal: AbortSignal): Promise<readonly Compared[]> {
  const look = async () => {
    const states = await Promise.all(undo.units.map(({ name }) => host.services.state(name)))
    return undo.units.map((before, index) => ({ before, now: states[index] ?? null }))
  }
  const pairs = await lookUntil(
    look,
    (found) =>
      !found.some(({ before, now }) => before.activeState === now?.activeState && before.subState !== now.subState),
    { everyMs: lookEveryMs, withinMs: settleMs, monoMs: () => host.clock.monoMs(), signal },
  )
  return pairs.flatMap(({ before, now }) => (now ? compareUnit(before, now) : []))
}

function compareUnit(before: UnitBefore, now: UnitState): readonly Compared[] {
  return [
    item(`${before.name} active`, before.activeState, now.activeState),
    item(`${before.name} state`, before.subState, now.subState),
    item(`${before.name}${enabledItem}`, before.enabledState || 'no such notion', now.enabledState || 'no such notion'),
  ]
}
