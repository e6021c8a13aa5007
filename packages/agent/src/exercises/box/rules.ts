import { isAbsolute } from 'node:path'
import * as z from 'zod'
import type { Work } from '../child/messages.ts'

const Path = z.string().min(1).max(8_192)

/** What a box leaves to those inside. Everything else of the host can only be read there. */
export const BoxRules = z.strictObject({
  writable: z.array(Path).max(4),
  /** Capabilities of root that stay, as setpriv(1) names them. */
  capabilities: z.array(z.string().regex(/^[a-z_]{1,32}$/)).max(16),
  network: z.boolean(),
  /** Sockets of the host's services lie in /run: nobody inside needs them. */
  hideRun: z.boolean(),
})
export type BoxRules = z.infer<typeof BoxRules>

/** What restoring files with their owners and modes takes. */
const KEEP_OWNERS = ['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'setfcap'] as const

/** The rules for one piece of work. `writable` are the folders that it may write to. */
export function rulesFor(work: Work, writable: readonly string[], place: boolean): BoxRules {
  const { repository } = work
  const network = isRemote(repository)
  const restores = work.kind === 'restore' && repository.driver !== 'sqlite'
  // A device in the scratch space is in a folder that only root may enter, and cannot be opened inside the box.
  const devices = !place && (repository.driver === 'restic' || repository.driver === 'borg')
  const read = [repository.location, repository.passwordFile, 'live' in work ? work.live : null, ...writable]
  return {
    writable: [...writable],
    capabilities: restores ? [...KEEP_OWNERS, ...(devices ? ['mknod'] : [])] : ['dac_read_search'],
    network,
    hideRun: !network && !read.some((path) => path?.startsWith('/run/') || path?.startsWith('/var/run/')),
  }
}

/** Does the tool reach its repository over the network, or through a program that does? */
function isRemote({ driver, location, env }: Work['repository']): boolean {
  if (driver === 'restic') return env?.RESTIC_REST_USERNAME !== undefined || /^(?!local:)[a-z][a-z0-9]*:/.test(location)
  return driver === 'borg' && !isAbsolute(location) && /^[^/]+:/.test(location.replace(/^file:\/\//, '/'))
}
