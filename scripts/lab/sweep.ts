import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { bridgeDown, networkOf } from './bridge.ts'
import { removeDisk, removeGround } from './disk.ts'
import { restoreInotifyLimit } from './inotify.ts'
import { killMachine } from './machine.ts'
import { thisProcess } from './owner.ts'
import { stateDir } from './paths.ts'
import { isAbandoned, listSlots, releaseSlot, type Slot, takeOver } from './slot.ts'

/** Removes what killed runs left behind: labs whose process is gone, and folders that no lab answers for. */
export async function sweep(): Promise<string[]> {
  const swept: string[] = []
  for (const slot of await listSlots()) {
    if (!isAbandoned(slot)) continue
    const mine = await takeOver(slot, thisProcess())
    if (mine === undefined) continue
    await demolish(mine)
    swept.push(basename(slot.dir))
  }
  return [...swept, ...(await sweepFolders())]
}

/** Removes every trace of a lab: processes, mounts, disks, cgroups, bridge, and last its number. */
export async function demolish(slot: Slot): Promise<void> {
  const folders = (await hostNames(slot.dir)).map((name) => join(slot.dir, 'hosts', name))
  for (const [index, dir] of folders.entries()) await killMachine({ machine: `clab${slot.number}-${index + 1}`, dir })
  for (const dir of folders) await removeDisk(dir)
  await bridgeDown(networkOf(slot.number))
  await removeGround(slot.dir)
  await releaseSlot(slot)
  await restoreInotifyLimit()
}

async function hostNames(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, 'lab.json'), 'utf8').catch(() => '{"hosts":[]}')
  return (JSON.parse(text) as { hosts: string[] }).hosts
}

/** Lab folders without a slot, as after a restart of this machine. */
async function sweepFolders(): Promise<string[]> {
  const names = await readdir(join(stateDir(), 'labs')).catch(() => [])
  const known = new Set((await listSlots()).map((slot) => slot.dir)) // after the names: a lab that comes up claims first
  const swept: string[] = []
  for (const name of names) {
    const dir = join(stateDir(), 'labs', name)
    if (known.has(dir)) continue
    for (const host of await hostNames(dir)) await removeDisk(join(dir, 'hosts', host))
    await removeGround(dir)
    swept.push(name)
  }
  return swept
}
