import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isOverNetwork, mountOf } from '../../mounts.ts'
import { parseMounts } from '../mounts.ts'
import { run } from '../run.ts'
import { sshdSays } from '../sshd-says.ts'
import { tool } from '../tools.ts'
import { parseSshd, type SshSettings } from './ssh-door.ts'

/** What only programs of the system answer: sudo, the SSH server, and whether a shell can be started. */
export interface RootPrograms {
  readonly runs: (shell: string) => boolean
  /** Null where there is no server. */
  readonly sshd: (name: string) => Promise<SshSettings | 'unreadable' | null>
  readonly sudoConfirms: (name: string) => Promise<boolean>
  readonly isHere: (path: string) => Promise<boolean>
}

const timeoutMs = 10_000
/** Blocks of `Match` are asked as somebody from outside (RFC 5737). */
const fromOutside = 'host=client.invalid,addr=192.0.2.1'

/** Asks the programs themselves, `sshd -T` (sshd(8)) and `sudo -l` (sudo(8)). What is not installed forbids nothing. */
export const rootPrograms: RootPrograms = {
  runs: (shell) => {
    try {
      accessSync(shell, constants.X_OK)
      return true
    } catch {
      return false
    }
  },
  sshd: async (name) => {
    if (tool('sshd') === null) return null
    const said = await sshdSays(run, ['-C', `user=${name},${fromOutside}`])
    return said === null ? 'unreadable' : parseSshd(said)
  },
  sudoConfirms: async (name) => {
    if (tool('sudo') === null) return true
    const said = await run(['sudo', '-n', '-l', '-U', name], { timeoutMs }).catch(() => null)
    return said?.code === 0 && allowsRoot(said.stdout)
  },
  isHere: async (path) => {
    const mount = mountOf(parseMounts(await readFile('/proc/self/mountinfo', 'utf8')), path)
    return mount !== null && !isOverNetwork(mount) && !/^(?:autofs|fuse)/.test(mount.kind)
  },
}

/** Does `sudo -l -U NAME` name everything, a shell or su, as root? */
export function allowsRoot(listing: string): boolean {
  const rows = listing.slice(listing.indexOf('may run the following')).matchAll(/\(([^)]*)\)([^(]*)/g)
  return [...rows].some(([, as = '', what = '']) => {
    const users = as.split(':')[0] ?? ''
    return (
      /(?:^|[\s,])(?:ALL|root|#0)(?:$|[\s,])/.test(users) &&
      /(?:^|[\s,:])(?:ALL|\/(?:usr\/)?bin\/(?:[a-z]*sh|su))(?:$|[\s,])/.test(what)
    )
  })
}
