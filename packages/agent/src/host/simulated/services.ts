import { ChaosError } from '@chaos-lite/shared'
import type { Services, UnitFate, UnitState } from '../host.ts'

/** A simulated service: any field of its state may be given, and how it misbehaves. */
export interface SimulatedService extends Partial<UnitState> {
  readonly hangsOnStop?: boolean
  readonly failsToStart?: boolean
  /** What is started with it (`Wants=`). */
  readonly pullsIn?: readonly string[]
  /** What its stop takes with it beyond its `dependents`: only the manager knows. */
  readonly alsoStops?: readonly string[]
  /** Stopped by the manager once nothing that runs pulls it in. */
  readonly unneededAlone?: boolean
  readonly obstacles?: readonly string[]
  /** How it ended, when it did. */
  readonly became?: UnitFate['became']
  readonly log?: string
  /** Stopped by the manager when the mount at this folder disappears. */
  readonly boundTo?: string
  /** What it does when it is reloaded; what this throws is how the reload fails. Not called unless `canReload`. */
  readonly onReload?: () => void | Promise<void>
}

/** Services in memory, started and stopped without a process. */
export interface SimulatedServices extends Services {
  /** Changes a service as an administrator would. */
  set(name: string, change: SimulatedService): void
}

const running = { loadState: 'loaded', activeState: 'active', subState: 'running', enabledState: 'enabled' } as const

function subStateOf(name: string): string {
  if (name.endsWith('.socket')) return 'listening'
  return /\.(?:timer|path)$/.test(name) ? 'waiting' : 'running'
}

function isMasked({ loadState }: UnitState): boolean {
  return loadState === 'masked' || loadState === 'not-found'
}

function isUp(activeState: string): boolean {
  return activeState === 'active'
}

/** What a manager reports of a unit: not how the simulation lets it behave. */
function stateOf(unit: UnitState & SimulatedService): UnitState {
  const { hangsOnStop: _, failsToStart: __, pullsIn: ___, alsoStops: ____, unneededAlone: _____, ...rest } = unit
  const { obstacles: ______, became: _______, log: ________, boundTo: _________, ...more } = rest
  const { onReload: __________, ...state } = more
  return state
}

/** Services in memory. Stopping one stops its dependents, as systemd does. */
export function simulatedServices(given: Readonly<Record<string, SimulatedService>>): SimulatedServices {
  let starts = 0
  const units = new Map<string, UnitState & SimulatedService>()
  const fullName = (name: string) => (/\.[a-z]+$/.test(name) ? name : `${name}.service`)
  const begin = () => {
    starts += 1
    return {
      activeState: 'active',
      activeSinceMonoUs: String(starts),
      startId: `start-${starts}`,
      mainPid: 1000 + starts,
    }
  }
  const fresh = (name: string): UnitState => ({
    ...{ name, ...running, ...begin(), stopTimeoutMs: 90_000, startTimeoutMs: 90_000 },
    ...{ triggeredBy: [], dependents: [], upheldBy: [], startsOnStop: [], startsOnFailure: [], conflicts: [] },
    ...{ type: 'simple', refusesManual: false, canReload: false },
  })
  const set = (name: string, change: SimulatedService) => {
    const unit = fullName(name)
    units.set(unit, { ...(units.get(unit) ?? fresh(unit)), ...change, name: unit })
  }
  for (const [name, service] of Object.entries(given)) set(name, service)
  const all = () => [...units.values()]
  const need = (name: string) => {
    const unit = units.get(fullName(name))
    if (!unit) throw new ChaosError('not-there', `There is no service ${name}.`)
    return unit
  }
  const unneeded = (names: readonly string[]) => {
    const isPulled = (name: string) =>
      all().some((unit) => isUp(unit.activeState) && !names.includes(unit.name) && unit.pullsIn?.includes(name))
    const alone = all().filter(({ unneededAlone, activeState }) => unneededAlone && isUp(activeState))
    return alone.map(({ name }) => name).filter((name) => !names.includes(name) && !isPulled(name))
  }
  const stopped = { activeState: 'inactive', subState: 'dead', mainPid: 0 }
  return {
    manager: 'simulation',
    set,
    state: async (name) => {
      const unit = units.get(fullName(name))
      if (!unit) return { ...fresh(fullName(name)), ...stopped, loadState: 'not-found', enabledState: '' }
      return {
        ...stateOf(unit),
        dependents: unit.dependents.filter((other) => units.get(other)?.activeState === 'active'),
      }
    },
    start: async (name, timeoutMs) => {
      const unit = need(name)
      if (unit.activeState === 'deactivating') {
        throw new ChaosError('timed-out', `${unit.name} did not start within ${timeoutMs / 1000} s.`)
      }
      if (isMasked(unit)) throw new ChaosError('tool-failed', `Unit ${unit.name} is masked.`)
      const others = all()
      // As systemd: "Socket service … already active, refusing."
      if (unit.name.endsWith('.socket')) {
        const running = others.find(
          ({ triggeredBy, activeState }) => triggeredBy.includes(unit.name) && isUp(activeState),
        )
        if (running) throw new ChaosError('tool-failed', `Socket service ${running.name} already active, refusing.`)
      }
      const needed = others.find((other) => other.dependents.includes(unit.name) && isMasked(other))
      if (needed) throw new ChaosError('tool-failed', `Unit ${needed.name} is masked.`)
      if (unit.failsToStart) throw new ChaosError('tool-failed', `${unit.name} is failed after the start.`)
      for (const each of [unit, ...(unit.pullsIn ?? []).map(need)]) {
        if (each.activeState !== 'active') set(each.name, { ...begin(), subState: subStateOf(each.name) })
      }
    },
    reload: async (name) => {
      const unit = need(name)
      if (!unit.canReload) {
        throw new ChaosError('tool-failed', `Job type reload is not applicable for unit ${unit.name}.`)
      }
      if (!isUp(unit.activeState)) throw new ChaosError('tool-failed', `${unit.name} is not active, cannot reload.`)
      await unit.onReload?.()
    },
    kill: async (name) => set(need(name).name, { ...stopped, hangsOnStop: false }),
    stop: async (name, timeoutMs, _signal, bounds) => {
      const unit = need(name)
      const more = [...unit.dependents, ...(unit.alsoStops ?? [])].filter((other) =>
        isUp(units.get(other)?.activeState ?? ''),
      )
      const others = more.filter((other) => bounds !== undefined && !bounds.units.includes(other))
      if (others.length > 0) {
        // The worst case: all of them have stopped before the stop is cancelled.
        for (const each of [unit.name, ...more]) set(each, stopped)
        await bounds?.note(others)
        throw new ChaosError('cannot-restore', `Stopping ${unit.name} would also stop ${others.join(', ')}.`)
      }
      if (unit.hangsOnStop) set(unit.name, { activeState: 'deactivating', subState: 'stop-sigterm' })
      if (unit.hangsOnStop) throw new ChaosError('timed-out', `${unit.name} did not stop within ${timeoutMs / 1000} s.`)
      set(unit.name, stopped)
      for (const other of more) set(other, stopped)
      for (const other of unneeded([unit.name, ...more])) set(other, stopped)
      if (unit.upheldBy.some((other) => isUp(units.get(other)?.activeState ?? ''))) set(unit.name, begin())
    },
    unneededWithout: async (names) => unneeded(names),
    obstacles: async (name) => units.get(fullName(name))?.obstacles ?? [],
    active: async () =>
      all()
        .filter((unit) => isUp(unit.activeState))
        .map(({ name }) => name),
    fates: async (names) =>
      names.map((name) => {
        const unit = units.get(name)
        const became = unit === undefined ? 'removed' : isUp(unit.activeState) ? 'active' : (unit.became ?? 'stopped')
        return { name, became }
      }),
    boundToMount: async (point) =>
      all()
        .filter((unit) => unit.boundTo === point && isUp(unit.activeState))
        .map(({ name }) => name),
    lastWords: async (name) => units.get(fullName(name))?.log ?? null,
  }
}
