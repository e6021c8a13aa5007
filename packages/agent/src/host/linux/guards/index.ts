import { readdir, readlink } from 'node:fs/promises'
import { isSea } from 'node:sea'
import type { Guards, UnitFacts } from '../../guards.ts'
import type { Host } from '../../host.ts'
import { run } from '../run.ts'
import { tool } from '../tools.ts'
import { isSshServerFile } from './ssh-server.ts'
import { factProperties, showBlocks, unitFacts } from './unit-facts.ts'

const timeoutMs = 10_000
/** Names that one command is asked about. */
const atOnce = 64

export interface LinuxGuardsOptions {
  readonly systemd: boolean
  readonly start?: Host['run']
  readonly has?: (program: string) => boolean
}

/** The ways into a Linux host, as systemd, the SSH server and `/proc` show them. */
export function linuxGuards({ systemd, start = run, has = (name) => tool(name) !== null }: LinuxGuardsOptions): Guards {
  const asked = async (argv: readonly [string, ...string[]]) => {
    const done = await start(argv, { timeoutMs }).catch(() => null)
    return done?.code === 0 ? done.stdout : ''
  }
  const units = async (names: readonly string[]): Promise<readonly UnitFacts[]> => {
    const found: UnitFacts[] = []
    const wanted = systemd ? names.filter((name) => !/@\.[a-z]+$/.test(name)) : []
    for (let at = 0; at < wanted.length; at += atOnce) {
      const some = wanted.slice(at, at + atOnce)
      const shown = await asked(['systemctl', 'show', `--property=${factProperties.join(',')}`, '--', ...some])
      found.push(...(await Promise.all(showBlocks(shown).map(unitFacts))))
    }
    return found
  }
  return {
    units,
    socketUnits: async () => {
      if (!systemd) return []
      const argv = ['systemctl', 'list-units', '--type=socket', '--state=active', '--plain', '--no-legend'] as const
      const names = (await asked([...argv, '--full'])).split('\n').flatMap((row) => row.trim().split(/\s+/)[0] || [])
      return (await units(names)).filter(({ listens }) => listens.length > 0)
    },
    isSshServer: (program) => isSshServerFile(typeof program === 'number' ? `/proc/${program}/exe` : program),
    // Otherwise it is Node.js, which others run as well.
    isOwnProgram: (path) => isSea() && path === process.execPath,
    sshPorts: async () => (has('sshd') ? portsOf(await asked(['sshd', '-T'])) : []),
    tunnelEnds: async (name) => {
      if (!has('wg')) return null
      const ends = endpointsOf(await asked(['wg', 'show', name, 'endpoints']))
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
