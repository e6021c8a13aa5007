import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, type Owner } from './owner.ts'
import { SLOTS_DIR } from './paths.ts'
import { LabError } from './run.ts'

/**
 * A lab's number, 1 to 254. Bridge, subnet and machine names follow from it, so two labs never meet.
 * A number is claimed by making its folder, which only one process can do; one file inside is named after
 * the owner and holds the lab's folder. Renaming that file takes the number over from a dead owner.
 */
export type Slot = { number: number; owner: Owner; dir: string }

const CLAIM_GRACE_MS = 30_000

/** Claims the lowest free number for the lab kept in `dir`. */
export async function claimSlot(dir: string, owner: Owner): Promise<Slot> {
  await mkdir(SLOTS_DIR, { recursive: true })
  for (let number = 1; number <= 254; number += 1) {
    if (!(await makeFolder(slotPath(number)))) continue
    await writeFile(join(slotPath(number), owner), dir)
    return { number, owner, dir }
  }
  throw new LabError(`all 254 lab numbers are taken; look into ${SLOTS_DIR}`)
}

/** Gives the number back. */
export async function releaseSlot(slot: Slot): Promise<void> {
  await rm(slotPath(slot.number), { recursive: true, force: true })
}

/** Every claimed number. A folder without an owner's file is a claim in progress, or one that died there. */
export async function listSlots(): Promise<Slot[]> {
  const slots: Slot[] = []
  for (const name of await readdir(SLOTS_DIR).catch(() => [])) {
    const number = Number(name)
    const [owner] = await readdir(slotPath(number)).catch(() => [])
    if (owner === undefined) {
      await dropAbandonedClaim(number)
      continue
    }
    const dir = await readFile(join(slotPath(number), owner), 'utf8').catch(() => undefined)
    if (dir !== undefined) slots.push({ number, owner, dir })
  }
  return slots
}

/** Takes a slot over; undefined if somebody else was faster. */
export async function takeOver(slot: Slot, owner: Owner): Promise<Slot | undefined> {
  const folder = slotPath(slot.number)
  try {
    await rename(join(folder, slot.owner), join(folder, owner))
    return { ...slot, owner }
  } catch {
    return undefined
  }
}

/** Whether the process that claimed the slot is gone. */
export function isAbandoned(slot: Slot): boolean {
  return !isAlive(slot.owner)
}

function slotPath(number: number): string {
  return join(SLOTS_DIR, String(number))
}

async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function dropAbandonedClaim(number: number): Promise<void> {
  const made = await stat(slotPath(number)).catch(() => undefined)
  if (made !== undefined && Date.now() - made.mtimeMs > CLAIM_GRACE_MS) await rmdir(slotPath(number)).catch(() => {})
}
