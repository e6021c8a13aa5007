import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/**
 * Gives this mount namespace its own `/etc`, `/var/lib` and `/run`, kept below `folder`. The first two are overlays: all of
 * the machine's files are there, every change lands in `folder`, and renames and folder syncs are real ones. `/run` is
 * empty, so that nothing of the machine's own services (systemd, name service caches) can be seen or asked.
 */
export async function mountPrivateFolders(folder: string): Promise<void> {
  // In a user namespace the machine's files belong to nobody, through an overlay too: its root may not change them.
  const own = await isRealRoot()
  await (own ? overlay(folder, '/etc') : Promise.reject()).catch(() => copyOf(folder, '/etc'))
  await (own ? overlay(folder, '/var/lib') : Promise.reject()).catch(() => emptyOne(folder, '/var/lib'))
  await emptyOne(folder, '/run')
}

/** Is user 0 here user 0 of the machine? (user_namespaces(7): the first namespace maps all ids to themselves.) */
async function isRealRoot(): Promise<boolean> {
  return /^\s*0\s+0\s+4294967295/.test(await readFile('/proc/self/uid_map', 'utf8'))
}

function below(folder: string, place: string, suffix = ''): string {
  return join(folder, `${place.slice(1).replaceAll('/', '-')}${suffix}`)
}

async function overlay(folder: string, place: string): Promise<void> {
  const [upper, work] = [below(folder, place), below(folder, place, '-work')]
  await mkdir(upper, { recursive: true })
  await mkdir(work, { recursive: true })
  const options = `lowerdir=${place},upperdir=${upper},workdir=${work}`
  await exec('mount', ['-t', 'overlay', 'overlay', '-o', options, place])
}

/** Where the file system allows no overlay. Files that this user may not read are left out; cp says so by its exit code. */
async function copyOf(folder: string, place: string): Promise<void> {
  const copy = below(folder, place, '-copy')
  await exec('cp', ['--archive', '--no-target-directory', place, copy]).catch(() => undefined)
  await exec('mount', ['--bind', copy, place])
}

async function emptyOne(folder: string, place: string): Promise<void> {
  const own = below(folder, place, '-own')
  await mkdir(own, { recursive: true })
  await exec('mount', ['--bind', own, place])
}
