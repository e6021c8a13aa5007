import { ChaosError } from '@chaos-lite/shared'
import type { Files } from '../../host/index.ts'
import type { Replacement } from '../../replacement/index.ts'
import { factsOf, MOST_ENTRIES, type RestoredList, readRestoredList, withoutDigest } from '../../replacement/index.ts'
import type { ActionContext } from '../action.ts'

/** Of the revert's own budget, and of the 90 s of the early phase of a boot; what is left is for removing the copy. */
const compareMs = 60_000
/** So many differences are named in the record. */
const named = 3
/** Beyond so many nobody counts on. */
const mostDifferences = 1_000

/**
 * Why a restored copy must be kept, as the end of a sentence; null where it is exactly what was restored and nobody uses
 * it. Whatever cannot be seen, or not in time, is a reason to keep it.
 */
export async function reasonToKeep(
  { host, recordFolder, signal }: Pick<ActionContext, 'host' | 'recordFolder' | 'signal'>,
  copy: string,
  replacement: Replacement,
): Promise<string | null> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(compareMs)])
  const tooLate = new Promise<string>((resolve) => {
    const end = () => resolve(outOfTime)
    if (late.aborted) end()
    else late.addEventListener('abort', end, { once: true })
  })
  const judged = judge(host.files, copy, recordFolder, replacement, late).catch((thrown: unknown) => {
    if (late.aborted || (thrown instanceof Error && thrown === late.reason)) return outOfTime
    return `it could not be compared with what was restored (${thrown instanceof Error ? thrown.message : String(thrown)})`
  })
  return Promise.race([judged, tooLate])
}

const outOfTime = 'it could not be compared in time with what was restored'

/** The cheap looks first: most copies that people worked in show it without a byte being read. */
async function judge(
  files: Files,
  copy: string,
  recordFolder: string,
  replacement: Replacement,
  signal: AbortSignal,
): Promise<string | null> {
  const [mount] = await files.mountPointsUnder(copy)
  if (mount !== undefined) return `${mount} is mounted in it`
  const list = await readRestoredList(recordFolder, replacement)
  if (list === null) return 'there is no complete list of what was restored, so it could not be compared'
  const look = async (digests: boolean) => difference(files, copy, list, { digests, signal })
  const inUse = async (inodes: ReadonlySet<string>) => {
    const users = (await files.treeUsers(copy, inodes)).map(({ name, pid }) => `${name} (${pid})`)
    return users.length === 0 ? null : `it is in use by ${users.slice(0, named).join(', ')}`
  }
  const { inodes, reason } = await look(false)
  const atOnce = reason ?? (await inUse(inodes))
  if (atOnce !== null) return atOnce
  // Once more at the end: somebody may have come while the bytes were read.
  return (await look(true)).reason ?? (await inUse(inodes)) ?? (await look(false)).reason
}

async function difference(
  files: Files,
  copy: string,
  list: RestoredList,
  { digests, signal }: { readonly digests: boolean; readonly signal: AbortSignal },
): Promise<{ readonly inodes: ReadonlySet<string>; readonly reason: string | null }> {
  const found: string[] = []
  const seen = new Set<string>()
  const inodes = new Set<string>()
  const options = { digests, maxEntries: 2 * MOST_ENTRIES, signal }
  await files
    .survey(copy, options, (entry) => {
      const path = entry.path.toString('latin1')
      const was = list.get(path)
      seen.add(path)
      inodes.add(entry.inode)
      if (was === undefined) found.push(`${nameOf(path)} was added`)
      else if ((digests ? was : withoutDigest(was)) !== factsOf(entry)) found.push(`${nameOf(path)} was changed`)
      if (found.length >= mostDifferences) throw new Enough()
    })
    .catch((thrown: unknown) => {
      if (found.length < mostDifferences) throw thrown
    })
  for (const path of list.keys()) if (!seen.has(path)) found.push(`${nameOf(path)} is missing`)
  return { inodes, reason: found.length === 0 ? null : sentence(found.sort()) }
}

/** Nobody needs to know of more. */
class Enough extends ChaosError {
  constructor() {
    super('too-many', 'There are differences enough.')
  }
}

function sentence(found: readonly string[]): string {
  const more = found.length - named
  const shown = found.slice(0, named).join(', ')
  return `it differs from what was restored: ${shown}${more > 0 ? `, and ${more} more differences` : ''}`
}

/** Paths are kept as latin1; people read them as UTF-8. */
function nameOf(path: string): string {
  if (path === '') return 'the folder itself'
  const text = Buffer.from(path, 'latin1').toString('utf8')
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text)
}
