import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** How to start a program in a mount namespace of its own: as root, or as root of a new user namespace. */
const ways: readonly (readonly string[])[] = [
  ['--mount', '--uts', '--propagation', 'private'],
  ['--user', '--map-root-user', '--mount', '--uts', '--propagation', 'private'],
]

/** The arguments of `unshare` that work on this machine, or null with the reason where none do. */
export async function namespaceArgs(): Promise<{ args: readonly string[] } | { args: null; reason: string }> {
  if (process.env.CHAOS_LITE_SIMULATED === 'yes') return { args: null, reason: 'CHAOS_LITE_SIMULATED asks for it' }
  if (process.platform !== 'linux') return { args: null, reason: `${process.platform} has no mount namespaces` }
  let reason = ''
  for (const args of ways) {
    try {
      await exec('unshare', [...args, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { timeout: 60_000 })
      return { args }
    } catch (error) {
      reason = error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error)
    }
  }
  return { args: null, reason: `this machine allows no mount namespaces (${reason})` }
}
