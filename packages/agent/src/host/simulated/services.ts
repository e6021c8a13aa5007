import { ChaosError } from '@chaos-lite/shared'
import type { Services, UnitState } from '../host.ts'

/** A simulated service: any field of its state may be given, and how it misbehaves. */
export interface SimulatedService extends Partial<UnitState> {
  readonly hangsOnStop?: boolean
  readonly failsToStart?: boolean
  /** What is started with it (`Wants=`). */
  readonly pullsIn?: readonly string[]
}

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
    ...{ triggeredBy: [], dependents: [], restarts: false, refusesManual: false },
  })
  const set = (name: string, change: SimulatedService) => {
    const unit = fullName(name)
    units.set(unit, { ...(units.get(unit) ?? fresh(unit)), ...change, name: unit })
  }
  for (const [name, service] of Object.entries(given)) set(name, service)
  const need = (name: string) => {
    const unit = units.get(fullName(name))
    if (!unit) throw new ChaosError('not-there', `There is no service ${name}.`)
    return unit
  }
  const stopped = { activeState: 'inactive', subState: 'dead', mainPid: 0 }
  return {
    manager: 'simulation',
    set,
    state: async (name) => {
      const unit = units.get(fullName(name))
      if (!unit) return { ...fresh(fullName(name)), ...stopped, loadState: 'not-found', enabledState: '' }
      const { hangsOnStop: _, failsToStart: __, pullsIn: ___, ...state } = unit
      return { ...state, dependents: state.dependents.filter((other) => units.get(other)?.activeState === 'active') }
    },
    start: async (name, timeoutMs) => {
      const unit = need(name)
      if (unit.activeState === 'deactivating') {
        throw new ChaosError('timed-out', `${unit.name} did not start within ${timeoutMs / 1000} s.`)
      }
      if (isMasked(unit)) throw new ChaosError('tool-failed', `Unit ${unit.name} is masked.`)
      const others = [...units.values()]
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
    kill: async (name) => set(need(name).name, { ...stopped, hangsOnStop: false }),
    stop: async (name, timeoutMs) => {
      const unit = need(name)
      if (unit.hangsOnStop) set(unit.name, { activeState: 'deactivating', subState: 'stop-sigterm' })
      if (unit.hangsOnStop) throw new ChaosError('timed-out', `${unit.name} did not stop within ${timeoutMs / 1000} s.`)
      set(unit.name, stopped)
      for (const other of unit.dependents) set(other, stopped)
    },
  }
}
