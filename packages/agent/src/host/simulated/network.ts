import { ChaosError } from '@chaos-lite/shared'
import type { Interface, Network } from '../network.ts'

/** A network interface in memory; what is left out has the values of a plain one that is up. */
export interface SimulatedInterface extends Partial<Interface> {
  readonly name: string
  readonly routes?: readonly string[]
  /** Addresses to which the way leads over it. */
  readonly leadsTo?: readonly string[]
  /** What does not come back with the interface by itself. */
  readonly losesRoutes?: boolean
}

/** Network interfaces in memory; addresses and routes come back with them, unless one is set to lose them. */
export interface SimulatedNetwork extends Network {
  /** Changes an interface as an administrator would; null takes it out of the host. */
  set(name: string, change: Partial<SimulatedInterface> | null): void
}

/** Interfaces in memory. Taken down, one loses its routes; default: the kernel gives them back otherwise. */
export function simulatedNetwork(given: readonly SimulatedInterface[]): SimulatedNetwork {
  const blank = { up: true, loopback: false, master: null, on: null, addresses: [], bare: [], routes: [] }
  const all = new Map(given.map((each, index) => [each.name, { ...blank, index: index + 2, ...each }]))
  const wired = new Map(given.map(({ name, routes }) => [name, routes ?? []]))
  const need = (name: string) => {
    const found = all.get(name)
    if (found) return found
    throw new ChaosError('not-there', `There is no network interface ${name} on this host.`)
  }
  const set = (name: string, change: Partial<SimulatedInterface> | null) => {
    if (change === null) all.delete(name)
    else all.set(name, { ...blank, index: all.size + 50, ...all.get(name), ...change, name })
  }
  const now = async (name: string) => ({ addresses: [...need(name).addresses], routes: [...need(name).routes] })
  return {
    set,
    now,
    list: async () => [...all.values()],
    wayTo: async (address) =>
      [...all.values()].find(({ up, leadsTo }) => up && leadsTo?.includes(address))?.name ?? null,
    image: async (name, bootId) => ({ name, index: need(name).index, bootId, ...(await now(name)), fixed6: [] }),
    takeDown: async (name) => set(need(name).name, { up: false, routes: [] }),
    bringUp: async (name) => {
      const { up, losesRoutes, routes } = need(name)
      set(name, { up: true, routes: up || losesRoutes ? routes : (wired.get(name) ?? []) })
    },
    setAgain: async (image) => {
      const { routes } = need(image.name)
      set(image.name, { routes: [...routes, ...image.routes.filter((each) => !routes.includes(each))] })
    },
  }
}
