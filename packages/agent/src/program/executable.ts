import { constants, copyFile, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import { makeFolder, syncFolder } from '../durable/index.ts'

const PROGRAM = 'chaos-lite-agent'
/** A link to the copy that was kept last: the units that rolled back at boot start it where the installed program cannot. */
const KEPT = 'kept'

/** How to start a program: the file and its first arguments. */
export type Command = readonly [string, ...string[]]

/**
 * How to start this same agent as a fresh process: the one executable file, or Node.js with the main module. Node.js
 * strips the types by itself, so a development tree needs no loader, and starts faster without.
 */
export function ownCommand(): Command {
  if (isSea()) return [process.execPath]
  const here = fileURLToPath(import.meta.url)
  const inSources = here.endsWith('executable.ts')
  return [process.execPath, inSources ? fileURLToPath(new URL('../main.ts', import.meta.url)) : here]
}

/** How to start again what this very process was started with: in a kept copy, that copy. */
export function thisCommand(): Command {
  const [, main] = process.argv
  return isSea() || main === undefined ? [process.execPath] : [process.execPath, main]
}

/**
 * A copy of the executable under `<folder>/<version>/` that an update does not replace: the failsafe starts it as long
 * as the journal holds a record. In a development tree there is no single file to copy: then it is `ownCommand`.
 */
export async function keepExecutable(folder: string, version: string): Promise<Command> {
  const own = ownCommand()
  if (!isSea()) return own
  return [await keepCopy(own[0], folder, version)]
}

/**
 * Copies `source` to `<folder>/<version>/chaos-lite-agent`, durably, unless the very same is there already, and lets
 * `<folder>/kept` lead to it.
 */
export async function keepCopy(source: string, folder: string, version: string): Promise<string> {
  const path = join(folder, version, PROGRAM)
  if (source !== path && !(await isSame(source, path))) await copyTo(path, source)
  await nameKept(folder, version)
  return path
}

async function copyTo(path: string, source: string): Promise<void> {
  const place = dirname(path)
  await makeFolder(place)
  const fresh = `${path}.new`
  await copyFile(source, fresh, constants.COPYFILE_FICLONE)
  await syncFolder(fresh)
  await rename(fresh, path)
  await syncFolder(place)
}

/** One rename: at no moment does the name lead to nothing. */
async function nameKept(folder: string, version: string): Promise<void> {
  const [symlinkPath, target] = [join(folder, KEPT), join(version, PROGRAM)]
  if ((await readlink(symlinkPath).catch(() => null)) === target) return
  await rm(`${symlinkPath}.new`, { force: true })
  await symlink(target, `${symlinkPath}.new`)
  await rename(`${symlinkPath}.new`, symlinkPath)
  await syncFolder(folder)
}

/** Removes the copies of other versions. Only for an empty journal: an open record may need the one it was armed with. */
export async function dropOldCopies(folder: string, version: string): Promise<void> {
  const versions = await readdir(folder).catch(() => [])
  for (const each of versions) {
    if (each !== version && each !== KEPT) await rm(join(folder, each), { recursive: true, force: true })
  }
  const symlinkPath = join(folder, KEPT)
  if (!(await stat(symlinkPath).catch(() => null))) await rm(symlinkPath, { force: true })
}

async function isSame(source: string, copy: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(source), stat(copy).catch(() => null)])
  return b !== null && a.size === b.size && b.mtimeMs >= a.mtimeMs
}
