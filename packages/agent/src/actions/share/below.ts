import { join } from 'node:path'
import * as z from 'zod'
import { syncFolder } from '../../durable/index.ts'
import type { Files } from '../../host/index.ts'
import { printable } from '../../host/index.ts'
import { readFile, rename, writeFile } from '../../small-files/index.ts'
import type { ActionContext } from '../action.ts'

/*
 * The folder in which a share is mounted is a folder of this host. While the share is away, people and programs may
 * write into it, and what they wrote is hidden as soon as the share is mounted again. It is never touched; it is named.
 */

const FILE = 'below.json'
const mostEntries = 10_000
const lookMs = 4_000
/** So many names go into the record. */
const named = 5

const Note = z.strictObject({
  format: z.literal(1),
  /** What lay there right after the share was taken off; null where that could not be read. */
  before: z
    .array(z.tuple([z.string(), z.string()]))
    .max(mostEntries)
    .nullable(),
  /** What somebody else wrote there, found before the share was mounted again; null until it was looked for. */
  found: z.array(z.string()).max(mostEntries).nullable(),
})
type Note = z.infer<typeof Note>

/** Notes what lies in the folder now that the share is away. Never throws: without the note all of it counts as new. */
export async function noteBelow({ host, recordFolder }: ActionContext, point: string): Promise<void> {
  const before = await entriesAt(host.files, point)
  await store(recordFolder, { format: 1, before: before && [...before], found: null })
}

/** A note that is there before the share is taken off distinguishes a death in between from a record of an earlier program. */
export async function announceLook({ recordFolder }: ActionContext): Promise<void> {
  await store(recordFolder, { format: 1, before: null, found: null })
}

/** Called while nothing is mounted there: finds what somebody wrote meanwhile, and notes it before it is hidden. */
export async function noteFound({ host, recordFolder }: ActionContext, point: string): Promise<void> {
  const note = await read(recordFolder)
  if (note === null) return
  const now = await entriesAt(host.files, point)
  if (now === null) return store(recordFolder, { ...note, found: ['(it could not be read)'] })
  const before = new Map(note.before ?? [])
  const theirs = [...now].filter(([path, facts]) => before.get(path) !== facts).map(([path]) => path)
  await store(recordFolder, { ...note, found: theirs.sort() })
}

/** What somebody wrote there and is hidden now; also after the attempt that found it has died. */
export async function foundBelow({ recordFolder }: ActionContext): Promise<readonly string[]> {
  return (await read(recordFolder))?.found ?? []
}

/** It was away, and was mounted before anybody looked into the folder: by the boot of the host, or by somebody. */
export async function isUnlooked({ recordFolder }: ActionContext): Promise<boolean> {
  const note = await read(recordFolder)
  return note !== null && note.before !== null && note.found === null
}

/** For people, where `isUnlooked`. */
export function unlookedKept(point: string): string {
  const what = `Something was mounted at ${point} before this agent looked into the folder, as a restart of the host does`
  return printable(`${what}. Anything written there meanwhile was kept. It is hidden now: unmount ${point} to look.`)
}

/** For people, about what `foundBelow` answers. */
export function belowKept(point: string, found: readonly string[]): string {
  const names = found
    .slice(0, named)
    .map((path) => JSON.stringify(Buffer.from(path, 'latin1').toString('utf8')).slice(0, 60))
  const more = found.length > named ? ` and ${found.length - named} more` : ''
  const what = `Somebody wrote into ${point} while the share was not mounted: ${names.join(', ')}${more}.`
  return printable(`${what} That was kept. It is hidden below the share now: unmount ${point} to reach it.`)
}

/** What is there by its path as latin1; null where it cannot be read, or not in time. */
async function entriesAt(files: Files, point: string): Promise<ReadonlyMap<string, string> | null> {
  const entries = new Map<string, string>()
  const signal = AbortSignal.timeout(lookMs)
  try {
    await files.survey(point, { digests: false, maxEntries: mostEntries, signal }, (entry) => {
      if (entry.path.length === 0) return
      const { kind, inode, sizeBytes, ctimeNs } = entry
      const facts = kind === 'folder' ? [kind, inode] : [kind, inode, sizeBytes, ctimeNs]
      entries.set(entry.path.toString('latin1'), facts.join(' '))
    })
    return entries
  } catch {
    return null
  }
}

async function store(recordFolder: string, note: Note): Promise<void> {
  const path = join(recordFolder, FILE)
  try {
    await writeFile(`${path}.new`, JSON.stringify(note), { mode: 0o600 })
    await syncFolder(`${path}.new`)
    await rename(`${path}.new`, path)
    await syncFolder(recordFolder)
  } catch {
    // On a full or failing disk the share matters more.
  }
}

async function read(recordFolder: string): Promise<Note | null> {
  try {
    return Note.parse(JSON.parse(await readFile(join(recordFolder, FILE), 'utf8')))
  } catch {
    return null
  }
}
