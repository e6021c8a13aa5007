import { readFile } from 'node:fs/promises'
import type { Mount, Mounts } from '../mounts.ts'

/** The mounts of this process's view of the host. */
export function linuxMounts(tableFile = '/proc/self/mountinfo'): Mounts {
  return { list: async () => parseMounts(await readFile(tableFile, 'utf8')) }
}

/**
 * Lines of `/proc/PID/mountinfo` (`man 5 proc_pid_mountinfo`): `36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/sda1 rw`.
 * Before the lone `-` stands any number of optional fields. A line that is not of that form is left out.
 */
export function parseMounts(table: string): readonly Mount[] {
  return table.split('\n').flatMap((row) => {
    const fields = row.split(' ')
    const dash = fields.indexOf('-', 6)
    const [root, point, options] = fields.slice(3, 6)
    const [kind, source, superOptions] = fields.slice(dash + 1)
    if (dash === -1 || !root || !point || !options || !kind || source === undefined) return []
    return [
      {
        ...{ point: plain(point), source: plain(source), kind, options },
        ...{ superOptions: superOptions ?? '', root: plain(root) },
      },
    ]
  })
}

/** Space, tab, line feed and backslash are written in octal. */
function plain(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
