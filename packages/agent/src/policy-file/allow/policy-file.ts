import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { readOwnedFile } from '../../definitions/index.ts'
import { codeOf, makeFolder, syncFolder } from '../../durable/index.ts'
import type { Files } from '../../host/index.ts'
import { hardLink, open, readdir, removeFile, unlink } from '../../small-files/index.ts'
import { loadPolicy } from '../load.ts'

/** How many earlier versions are kept beside the file. */
const KEPT_VERSIONS = 5
const OLD = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.old$/

/** The bytes of a policy that can be believed; null where there is none. @throws ChaosError when others could have written it */
export function readPolicy(path: string): Buffer | null {
  const read = readOwnedFile(path, { secret: false })
  if (read.state === 'missing') return null
  if (read.state === 'trusted') return read.bytes
  throw new ChaosError(
    'not-allowed',
    `${read.why}. Nothing was changed: a file that cannot be trusted is not extended.`,
  )
}

/**
 * Puts a new text in the place of the policy by one rename; owner, mode, access list and attributes stay, and the old file
 * stays beside it as `policy.yaml.<UTC time>.old`. What the loader then refuses is taken back.
 * @returns the path of the old version, or `changed meanwhile` when somebody else wrote the file since it was read
 */
export async function replacePolicy(
  files: Files,
  { path, before, after, nowMs }: { path: string; before: Buffer; after: string; nowMs: number },
): Promise<string | 'changed meanwhile'> {
  const kept = `${path}.${new Date(nowMs).toISOString().replaceAll(':', '-')}.old`
  await files.keep(path, kept)
  // What was kept is what will be replaced: an editor may have saved the file since it was read.
  if (readPolicy(kept)?.equals(before) !== true) {
    await removeFile(kept)
    return 'changed meanwhile'
  }
  try {
    await files.replace(path, Buffer.from(after), { keptPath: kept })
    refuseBroken(path)
  } catch (thrown) {
    await files.putBack(kept, path)
    throw thrown
  }
  await dropOldVersions(path)
  return kept
}

/** Writes the first policy of a host. @returns false when somebody else has just written one */
export async function createPolicy(files: Files, path: string, text: string): Promise<boolean> {
  const folder = dirname(path)
  await makeFolder(dirname(folder))
  await files.makeFolder(folder)
  const temporary = `${path}.${process.pid}.new`
  await removeFile(temporary)
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.chmod(0o644)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    // Unlike a rename, a second name never takes the place of a file that is there.
    await hardLink(temporary, path)
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw thrown
  } finally {
    await unlink(temporary)
  }
  await syncFolder(folder)
  refuseBroken(path)
  return true
}

function refuseBroken(path: string): void {
  const { broken } = loadPolicy(path)
  if (broken !== null) throw new ChaosError('internal', `The new policy would not be accepted: ${broken}`)
}

async function dropOldVersions(path: string): Promise<void> {
  const folder = dirname(path)
  const begin = `${path.slice(folder.length + 1)}.`
  const names = await readdir(folder).catch(() => [])
  const old = names.filter((name) => name.startsWith(begin) && OLD.test(name.slice(begin.length))).sort()
  for (const name of old.slice(0, -KEPT_VERSIONS)) await removeFile(`${folder}/${name}`)
}
