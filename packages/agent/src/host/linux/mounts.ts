import { readFile } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import { readForeign } from '../../small-files/index.ts'
import type { Host } from '../host.ts'
import { type Mount, type MountOrder, type Mounts, mountOptions } from '../mounts.ts'
import { mountToLast, needsHelper } from './lasting-mount.ts'
import { mortal } from './mortal.ts'
import { mountUsers } from './mount-users.ts'
import { run } from './run.ts'

const ORDERS_MOST_BYTES = 1024 * 1024
const unmountMs = 15_000
/** A server that has just come back may ask for some patience. */
const mountMs = 60_000

/** Where mounts are read from; defaults: this host's own tables. Others are for tests. */
export interface LinuxMountsOptions {
  readonly tableFile?: string
  readonly ordersFile?: string
  readonly start?: Host['run']
  /** Is process 1 systemd? */
  readonly systemd?: boolean
}

/** The mounts of this process's view of the host. */
export function linuxMounts({
  tableFile = '/proc/self/mountinfo',
  ordersFile = '/etc/fstab',
  start = run,
  systemd = false,
}: LinuxMountsOptions = {}): Mounts {
  const must = async (argv: readonly [string, ...string[]], timeoutMs: number) => {
    const { code, stderr } = await start(mortal(argv), { timeoutMs })
    if (code === 0) return
    const said = stderr.trim().replaceAll(/\s+/g, ' ').slice(0, 300)
    throw new ChaosError('tool-failed', `${argv[0]} refused: ${said || 'no message'}.`)
  }
  return {
    list: async () => parseMounts(await readFile(tableFile, 'utf8')),
    orders: async () => parseOrders(await readForeign(ordersFile, ORDERS_MOST_BYTES).then(String, () => '')),
    users: mountUsers,
    unmount: (point) => must(['umount', '--', point], unmountMs),
    mount: (order) => {
      if (systemd && needsHelper(order)) return mountToLast(start, order, mountMs)
      const { kind, source, point } = order
      return must(['mount', '-t', kind, '-o', mountOptions(order), '--', source, point], mountMs)
    },
  }
}

/** Lines of fstab(5): source, point, kind, options; comments and swap are no mounts. */
export function parseOrders(table: string): readonly MountOrder[] {
  return table.split('\n').flatMap((row) => {
    const [source, point, kind, options = 'defaults'] = row.trim().split(/[ \t]+/)
    if (!source || source.startsWith('#') || !point?.startsWith('/') || !kind) return []
    return [{ source: plain(source), point: plain(point), kind, options: plain(options) }]
  })
}

/**
 * Lines of `/proc/PID/mountinfo` (`man 5 proc_pid_mountinfo`): `36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/sda1 rw`.
 * Before the lone `-` stands any number of optional fields. A line that is not of that form is left out.
 */
export function parseMounts(table: string): readonly Mount[] {
  return table.split('\n').flatMap((row) => {
    const fields = row.split(' ')
    const dash = fields.indexOf('-', 6)
    const [device, root, point, options] = fields.slice(2, 6)
    const [kind, source, superOptions] = fields.slice(dash + 1)
    if (dash === -1 || !root || !point || !options || !kind || source === undefined) return []
    return [
      {
        ...{ point: plain(point), source: plain(source), kind, options },
        ...{ superOptions: superOptions ?? '', root: plain(root), device: device ?? '' },
      },
    ]
  })
}

/** Space, tab, line feed and backslash are written in octal. */
function plain(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
