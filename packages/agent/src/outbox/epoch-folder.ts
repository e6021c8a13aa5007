import { randomBytes } from 'node:crypto'
import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { makeFolder, syncFolder } from '../durable/index.ts'
import { mkdir, open, readdir, readFile, removeFile, rename } from '../small-files/index.ts'

/** How long a segment file is: full of zeros from the start, so that writing into it needs no further space. */
export const SEGMENT_BYTES = 256 * 1024

/** The room of one epoch beyond the segment in use. Renamed to become the next segment. */
export const NEXT = 'next'
const RESERVE = 'reserve'
const OWNER_BYTES = 256

const Owner = z.object({ pid: z.int().min(0), bootId: z.string(), startedWallMs: z.number() })
/** Which process writes an epoch: the number alone may belong to another one after a reboot. */
export type Owner = z.infer<typeof Owner>

/** Six digits, so that names sort as numbers do. */
export function segmentName(index: number): string {
  return `${String(index).padStart(6, '0')}.jsonl`
}

/** Segment files of an epoch, in order. */
export async function segmentsOf(
  folder: string,
): Promise<readonly { readonly index: number; readonly path: string }[]> {
  const names = await readdir(folder).catch(gone<string[]>([]))
  return names
    .filter((name) => /^\d{6}\.jsonl$/.test(name))
    .sort()
    .map((name) => ({ index: Number(name.slice(0, 6)), path: join(folder, name) }))
}

/** Makes a file of zeros, durable in content (its name only after the folder was synced). */
export async function allocate(path: string): Promise<void> {
  const handle = await open(path, 'w', 0o600)
  try {
    await handle.writeFile(Buffer.alloc(SEGMENT_BYTES))
    await handle.sync()
  } catch (error) {
    await handle.close()
    await removeFile(path)
    throw error
  }
  await handle.close()
}

/** Makes a whole epoch folder with all its room, under a name that no reader looks at. */
async function makeRoom(outbox: string): Promise<string> {
  const folder = join(outbox, `.making-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await mkdir(folder, { mode: 0o700 })
    await allocate(join(folder, segmentName(1)))
    await allocate(join(folder, NEXT))
    const owner = await open(join(folder, 'owner.json'), 'w', 0o600)
    await owner.writeFile(' '.repeat(OWNER_BYTES))
    await owner.sync()
    await owner.close()
    await syncFolder(folder)
    return folder
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/**
 * Sets room aside for the next process that has facts to write: the failsafe's revert must be able to report even when
 * the disk has become full meanwhile. Does nothing when there is one already.
 */
export async function keepReserve(outbox: string): Promise<void> {
  const names = await readdir(outbox).catch(gone<string[]>([]))
  if (names.includes(RESERVE)) return
  const folder = await makeRoom(outbox)
  try {
    await rename(folder, join(outbox, RESERVE))
    await syncFolder(outbox)
  } catch {
    // Another process was quicker.
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opens a folder for a new epoch, from the reserve where there is one. Returns its path. */
export async function takeEpoch(outbox: string, epoch: string, owner: Owner): Promise<string> {
  await makeFolder(outbox)
  const folder = join(outbox, epoch)
  await rename(join(outbox, RESERVE), folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    await rename(await makeRoom(outbox), folder)
  })
  const handle = await open(join(folder, 'owner.json'), 'r+')
  try {
    const bytes = Buffer.from(JSON.stringify(owner).padEnd(OWNER_BYTES))
    await handle.write(bytes, 0, bytes.length, 0)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await syncFolder(outbox)
  return folder
}

/** Epochs on disk, oldest first. */
export async function epochsOf(
  outbox: string,
): Promise<readonly { readonly epoch: string; readonly folder: string; readonly owner: Owner | null }[]> {
  const names = (await readdir(outbox).catch(gone<string[]>([]))).filter((name) => /^[0-9a-f]{32}$/.test(name))
  const found = await Promise.all(
    names.map(async (epoch) => {
      const folder = join(outbox, epoch)
      return { epoch, folder, owner: await readOwner(folder) }
    }),
  )
  return found.sort((a, b) => (a.owner?.startedWallMs ?? 0) - (b.owner?.startedWallMs ?? 0))
}

async function readOwner(folder: string): Promise<Owner | null> {
  try {
    return Owner.parse(JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')))
  } catch {
    return null
  }
}

/** Can nobody write to that epoch any more? A reused process id only delays the answer. */
export function isOver(owner: Owner | null, bootId: string): boolean {
  if (!owner || owner.bootId !== bootId) return true
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Gives back the room that an ended epoch did not use. */
export async function trim(folder: string): Promise<void> {
  await removeFile(join(folder, NEXT))
  for (const { path } of await segmentsOf(folder)) {
    const bytes = await readFile(path)
    const end = bytes.lastIndexOf(0x0a) + 1
    if (end < bytes.length && bytes.subarray(end).every((byte) => byte === 0)) await truncate(path, end)
  }
}

/** Folders that a killed process had not finished making. */
export async function clearUnfinished(outbox: string): Promise<void> {
  for (const name of await readdir(outbox).catch(gone<string[]>([]))) {
    const pid = Number(/^\.making-(\d+)-/.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(pid) || pid === process.pid || !isOver({ pid, bootId: '', startedWallMs: 0 }, '')) continue
    await rm(join(outbox, name), { recursive: true, force: true })
  }
}

function gone<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead
    throw error
  }
}
