import { ChaosError } from '@chaos-lite/shared'
import type { Files } from '../host.ts'
import type { ConnectionNames, NameServerManager, NameServers, NameServersNow } from '../name-servers.ts'

/** Managers of name servers in memory: they read settings files, and forget them as the real ones do. */
export interface SimulatedNameServers extends NameServers {
  /** It runs from now on, with these connections; what it read before is forgotten, as at a start. */
  run(manager: NameServerManager, connections: readonly ConnectionNames[]): void
  stop(manager: NameServerManager): void
  /** Somebody sets other servers of a connection. */
  set(manager: NameServerManager, connections: readonly ConnectionNames[]): void
  /** How often it read its settings. */
  reads(): number
}

const folders: Readonly<Record<NameServerManager, string>> = {
  'systemd-resolved': '/run/systemd/resolved.conf.d',
  NetworkManager: '/run/NetworkManager/conf.d',
}

/** Programs that take name servers from settings files when they are asked to, and only then. */
export function simulatedNameServers(files: Files): SimulatedNameServers {
  const running = new Map<NameServerManager, NameServersNow>()
  let reads = 0
  return {
    reads: () => reads,
    run: (manager, connections) => void running.set(manager, { forAll: [], connections }),
    stop: (manager) => void running.delete(manager),
    set: (manager, connections) => {
      running.set(manager, { forAll: running.get(manager)?.forAll ?? [], connections })
    },
    now: async (manager) => running.get(manager) ?? null,
    readAgain: async (manager) => {
      const state = running.get(manager)
      if (state === undefined) throw new ChaosError('tool-failed', `${manager} does not run.`)
      reads += 1
      running.set(manager, { ...state, forAll: await settings(files, folders[manager]) })
    },
  }
}

/** The last setting holds; an empty one forgets those before. */
async function settings(files: Files, folder: string): Promise<readonly string[]> {
  if (!(await files.exists(folder))) return []
  let servers: string[] = []
  for (const name of await files.list(folder)) {
    if (!name.endsWith('.conf')) continue
    const text = (await files.read(`${folder}/${name}`, 1 << 20)).toString('utf8')
    for (const row of text.split('\n')) {
      const given = /^(?:DNS|servers)=(.*)$/.exec(row)?.[1]
      if (given === undefined) continue
      servers = given === '' ? [] : [...servers, ...given.split(/[ ,]+/)]
    }
  }
  return servers
}
