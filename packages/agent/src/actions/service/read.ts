import { ChaosError } from '@chaos-lite/shared'
import type { Host, UnitState } from '../../host/index.ts'
import { refuseProtectedUnits } from '../guards/refuse.ts'
import { reachOf, startedByFailure, startedByStop } from './reach.ts'
import type { Seen, ServiceUndo, UnitBefore } from './service-undo.ts'

/** A stop that takes longer hangs for a drill, even where the manager would wait for an hour (PostgreSQL on Debian). */
const longestStopMs = 120_000
/** A start may have data to recover first. */
const longestStartMs = 300_000
/** At its time-out the manager kills the processes; then it still needs a moment to see that they are gone. */
const killingMs = 5000
/** A refusal names so many of them. */
const mostObstacles = 3

/**
 * Reads the service and all that hangs on it. Throws where it could not be brought back as it is, or where it is
 * protected and not among `admitted`.
 */
export async function readUnits(host: Host, service: string, admitted: readonly string[] = []): Promise<ServiceUndo> {
  const state = await host.services.state(service)
  refuseUnfit(service, state)
  const reached = await reachOf(host, state)
  const mayStart = state.triggeredBy.length > 0 && reached.some(({ role }) => role === 'trigger')
  if (state.activeState !== 'active' && (state.activeState !== 'inactive' || !mayStart)) {
    throw new ChaosError('wrong-state', `${state.name} does not run now (${state.activeState}): nothing would fail.`)
  }
  const others = reached.map((each) => each.state)
  const names = [state, ...others].map(({ name }) => name)
  await refuseProtectedUnits(
    host,
    names.filter((name) => !admitted.includes(name)),
  )
  for (const unit of others) refuseUnfitNeighbour(state.name, unit)
  const started = await startedByStop(host, [state, ...others])
  await refuseWhatCannotStart(host, [state, ...others])
  const dependents = reached.filter(({ role }) => role === 'dependent').map((each) => each.state)
  return {
    manager: host.services.manager,
    bootId: host.clock.bootId,
    units: [before(state, 'service'), ...reached.map((each) => before(each.state, each.role))],
    started: [...started],
    startedOnFailure: startedByFailure([state, ...others]),
    seen: await howSeen(host, [state, ...dependents]),
  }
}

/** What cannot start again must not be stopped. */
async function refuseWhatCannotStart({ services }: Host, units: readonly UnitState[]): Promise<void> {
  const found = await Promise.all(units.map(({ name }) => services.obstacles(name)))
  const obstacles = found.flat().slice(0, mostObstacles)
  if (obstacles.length === 0) return
  throw new ChaosError('cannot-restore', `${obstacles.join(' ')} Nothing was stopped.`)
}

function refuseUnfit(asked: string, state: UnitState): void {
  const { name, loadState, enabledState, refusesManual } = state
  if (loadState === 'not-found') throw new ChaosError('not-there', `There is no service ${asked} on this host.`)
  if (loadState === 'masked' || enabledState.startsWith('masked')) {
    throw new ChaosError('cannot-restore', `${name} is masked: it could not be started again.`)
  }
  if (loadState !== 'loaded')
    throw new ChaosError('cannot-restore', `${name} is ${loadState}: repair its unit file first.`)
  if (refusesManual) throw new ChaosError('cannot-restore', `${name} refuses to be started or stopped by hand.`)
}

function refuseUnfitNeighbour(service: string, { name, activeState, refusesManual }: UnitState): void {
  if (!/\.(?:service|socket|timer|path)$/.test(name)) {
    throw new ChaosError(
      'cannot-restore',
      `${name} would stop with ${service}, and only services, sockets, timers and paths can be started again by this agent.`,
    )
  }
  if (activeState !== 'active')
    throw new ChaosError('wrong-state', `${name} is just ${activeState}: try again when it is settled.`)
  if (refusesManual)
    throw new ChaosError('cannot-restore', `${name} would stop with ${service} and refuses to be started by hand.`)
}

function before(unit: UnitState, role: UnitBefore['role']): UnitBefore {
  const { name, activeState, subState, enabledState, activeSinceMonoUs, startId } = unit
  const times = {
    stopMs: Math.min(unit.stopTimeoutMs + killingMs, longestStopMs),
    startMs: Math.min(unit.startTimeoutMs + killingMs, longestStartMs),
  }
  return { name, role, activeState, subState, enabledState, activeSinceMonoUs, startId, ...times }
}

/**
 * On the way of a consumer: a port, of the service itself or of what runs for it (`postgresql` is only a name for its
 * clusters), else its process. Loopback, because a service that listens everywhere listens there as well.
 */
async function howSeen({ processes }: Host, units: readonly UnitState[]): Promise<Seen> {
  for (const { mainPid } of units) {
    const sockets = mainPid === 0 ? [] : await processes.listening(mainPid)
    const socket = sockets.find(({ address }) => !address.includes(':')) ?? sockets[0]
    const any: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
    if (socket) return { by: 'tcp', host: any[socket.address] ?? socket.address, port: socket.port }
  }
  const mainPid = units[0]?.mainPid ?? 0
  const main = mainPid === 0 ? null : await processes.identity(mainPid)
  if (!main) return { by: 'nothing' }
  const family = await processes.family(mainPid)
  // Another program of that name would go on, and the effect would never be seen.
  const alone = (await processes.byName(main.name)).every(({ pid }) => family.includes(pid))
  return alone ? { by: 'process', name: main.name } : { by: 'nothing' }
}
