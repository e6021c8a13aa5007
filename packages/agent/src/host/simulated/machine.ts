import type { Machine } from '../machine.ts'

/** A machine that can be asked to restart and never does by itself: `waiting` says what was asked. */
export interface SimulatedMachine extends Machine {
  /** Records whose restart is still to come. */
  readonly waiting: Set<string>
  /** Services and how they are; a test changes it as a boot would. */
  readonly states: Map<string, string>
  /** Why it cannot be restarted, as `blocker` answers; null: it can. */
  block: string | null
  goingDown: boolean
}

/** A machine that only notes what it was asked: nothing restarts. */
export function simulatedMachine(): SimulatedMachine {
  const waiting = new Set<string>()
  const states = new Map<string, string>()
  const machine: SimulatedMachine = {
    waiting,
    states,
    block: null,
    goingDown: false,
    blocker: async () => machine.block,
    running: async () => [...states].flatMap(([name, state]) => (state === 'active' ? [name] : [])).sort(),
    restart: async (tag) => void waiting.add(tag),
    isWaiting: async (tag) => waiting.has(tag),
    isGoingDown: async () => machine.goingDown,
    cancel: async (tag) => void waiting.delete(tag),
    bringBack: async (services) => {
      for (const name of services) if (states.get(name) === 'inactive') states.set(name, 'active')
      return services.map((name) => ({ name, state: states.get(name) ?? 'not-found' }))
    },
  }
  return machine
}
