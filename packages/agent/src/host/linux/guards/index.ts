import { readdir, readlink } from 'node:fs/promises'
import { isSea } from 'node:sea'
import { ChaosError } from '@chaos-lite/shared'
import type { Guards, UnitFacts } from '../../guards.ts'
import type { Host } from '../../host.ts'
import { run } from '../run.ts'
import { sshdSays } from '../sshd-says.ts'
import { tool } from '../tools.ts'
import { isSshServerFile } from './ssh-server.ts'
import { factProperties, showBlocks, unitFacts } from './unit-facts.ts'

const timeoutMs = 10_000
/** Names that one command is asked about. */
const atOnce = 64

/** How guards ask the host; `start` and `has` stand in for its programs in tests. */
export interface LinuxGuardsOptions {
  readonly systemd: boolean
  readonly start?: Host['run']
  readonly has?: (program: string) => boolean
}

/** The ways into a Linux host, as systemd, the SSH server and `/proc` show them. */
export function linuxGuards({ systemd, start = run, has = (name) => tool(name) !== null }: LinuxGuardsOptions): Guards {
  /** What is not answered protects: nothing is stopped on a host that cannot say what it is. */
  const systemctl = async (...args: readonly string[]) => {
    const done = await start(['systemctl', ...args], { timeoutMs }).catch(() => null)
    if (done?.code === 0) return done.stdout
    const text = 'systemctl does not answer, so it is not known what is protected on this host. Nothing was changed'
    throw new ChaosError('tool-failed', `${text}; try again.`)
  }
  const units = async (names: readonly string[]): Promise<readonly UnitFacts[]> => {
    const found: UnitFacts[] = []
    const wanted = systemd ? names.filter((name) => !/@\.[a-z]+$/.test(name)) : []
    for (let at = 0; at < wanted.length; at += atOnce) {
      const some = wanted.slice(at, at + atOnce)
      const shown = await systemctl('show', `--property=${factProperties.join(',')}`, '--', ...some)
      found.push(...(await Promise.all(showBlocks(shown).map(unitFacts))))
    }
    return found
  }
  return {
    units,
    socketUnits: async () => {
      if (!systemd) return []
      const how = ['--type=socket', '--state=active', '--plain', '--no-legend', '--full']
      const rows = (await systemctl('list-units', ...how)).split('\n')
      const names = rows.flatMap((row) => row.trim().split(/\s+/)[0] || [])
      return (await units(names)).filter(({ listens }) => listens.length > 0)
    },
    isSshServer: (program) => isSshServerFile(typeof program === 'number' ? `/proc/${program}/exe` : program),
    // Otherwise it is Node.js, which others run as well.
    isOwnProgram: (path) => isSea() && path === process.execPath,
    sshPorts: async () => (has('sshd') ? portsOf((await sshdSays(start)) ?? '') : []),
    tunnelEnds: async (name) => {
      if (!has('wg')) return null
      const done = await start(['wg', 'show', name, 'endpoints'], { timeoutMs }).catch(() => null)
      const ends = endpointsOf(done?.code === 0 ? done.stdout : '')
      return ends.length === 0 ? null : ends
    },
    watchesFiles: async (pid) => {
      const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
      const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
      return targets.includes('anon_inode:[fanotify]')
    },
  }
}

/** Lines of `wg show NAME endpoints`: a key, a tabulator, an address and its port, or `(none)`. */
export function endpointsOf(listing: string): readonly string[] {
  return listing.split('\n').flatMap((row) => {
    const [, address] = /\t(.+):\d+$/.exec(row) ?? []
    return address === undefined ? [] : [address.replace(/^\[|\]$/g, '')]
  })
}

/** Lines `port 22` and `listenaddress [::]:22` of `sshd -T`. */
export function portsOf(settings: string): readonly number[] {
  const rows = [...settings.matchAll(/^(?:port|listenaddress)\s+(?:\S*:)?(\d{1,5})\s*$/gim)]
  return [...new Set(rows.map(([, port]) => Number(port)))].sort((a, b) => a - b)
}
