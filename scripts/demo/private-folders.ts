import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** Replaced by empty private folders: nothing of the machine's own services may be seen or changed through them. */
const EMPTY = ['/run', '/var/lib', '/tmp'] as const

/**
 * Gives this mount namespace its own `/etc`, `/run`, `/var/lib` and `/tmp`. `/etc` is an overlay, so that real renames
 * and real folder syncs happen in `folder`; where the file system allows none it is a full copy.
 */
export async function mountPrivateFolders(folder: string): Promise<void> {
  await mountEtc(folder)
  for (const place of EMPTY) {
    const own = join(folder, place.slice(1).replaceAll('/', '-'))
    await mkdir(own, { recursive: true })
    await exec('mount', ['--bind', own, place])
  }
}

async function mountEtc(folder: string): Promise<void> {
  const upper = join(folder, 'etc')
  const work = join(folder, 'etc-work')
  await mkdir(upper, { recursive: true })
  await mkdir(work, { recursive: true })
  try {
    const options = `lowerdir=/etc,upperdir=${upper},workdir=${work}`
    await exec('mount', ['-t', 'overlay', 'overlay', '-o', options, '/etc'])
  } catch {
    const copy = join(folder, 'etc-copy')
    // Files that this user may not read are left out; cp says so with its exit code.
    await exec('cp', ['--archive', '--no-target-directory', '/etc', copy]).catch(() => undefined)
    await exec('mount', ['--bind', copy, '/etc'])
  }
}
