import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BaseTree } from './base-tree.ts'
import { toolFile } from './paths.ts'
import { LabError, run } from './run.ts'
import { until } from './wait.ts'

/**
 * What a host's root lies on. `overlay` is at once there; the others are real file systems on an image, where a
 * power cut can lose what was not synced. `ext4-noauto` does not rescue a rename over an unsynced file.
 */
export type DiskKind = 'overlay' | 'ext4' | 'ext4-noauto' | 'xfs'

/** One host's disk; `dir` is the host's folder, the root is mounted at `dir/root`, `layer` lies over the base tree. */
export type Disk = { kind: DiskKind; dir: string; base: BaseTree; layer: string | undefined }

const IMAGE_SIZE = '2G'

/**
 * Makes a lab's folder a mount of its own that propagates its changes to other namespaces. Every host starts with a copy of
 * this machine's mounts; without this, the other hosts would hold a disk for ever that is unmounted here.
 */
export async function makeGround(labFolder: string): Promise<void> {
  await mkdir(labFolder, { recursive: true })
  await run(['mount', '--bind', labFolder, labFolder])
  await run(['mount', '--make-private', labFolder])
  await run(['mount', '--make-shared', labFolder])
}

/** Removes a lab's folder, once its disks are gone. */
export async function removeGround(labFolder: string): Promise<void> {
  await unmount(labFolder)
  await rm(labFolder, { recursive: true, force: true })
}

/** Makes the disk's content. Mount it afterwards. */
export async function makeDisk(disk: Disk): Promise<void> {
  for (const folder of ['root', 'upper', 'work']) await mkdir(join(disk.dir, folder), { recursive: true })
  if (disk.kind === 'overlay') return
  await run(['cp', '--sparse=always', await template(disk), imageOf(disk)])
}

/** Mounts the disk; after a power cut this is where the file system replays its journal. */
export async function mountDisk(disk: Disk): Promise<void> {
  const root = join(disk.dir, 'root')
  if (disk.kind === 'overlay') {
    const layers = `lowerdir=${lowerOf(disk)},upperdir=${join(disk.dir, 'upper')},workdir=${join(disk.dir, 'work')}`
    await run(['mount', '-t', 'overlay', 'overlay', '-o', layers, root])
  } else {
    // Every image of a kind has the same UUID, and xfs would mount only one of them at a time.
    const options = { ext4: 'loop', 'ext4-noauto': 'loop,noauto_da_alloc', xfs: 'loop,nouuid' }[disk.kind]
    await run(['mount', '-t', fileSystemOf(disk.kind), '-o', options, imageOf(disk), root])
  }
}

/**
 * Unmounts the disk, so that it can be mounted anew. Waits while a dying process holds it. A stranger on this machine
 * whose mount namespace was copied meanwhile may hold it for ever: he keeps the image, and the host goes on with a copy.
 */
export async function unmountDisk(dir: string): Promise<void> {
  await unmount(join(dir, 'root'))
  const image = join(dir, 'disk.img')
  if (await released(image)) return
  await run(['cp', '--sparse=always', image, `${image}.copy`])
  await rename(`${image}.copy`, image)
}

/** Whether the image is free, now or within a few seconds. */
async function released(image: string): Promise<boolean> {
  if (!existsSync(image)) return true
  const isFree = async () => (await run(['losetup', '--associated', image])).stdout === ''
  return await until(`no loop device holds ${image}`, isFree, { timeoutMs: 4_000 }).catch(() => false)
}

/** Keeps a copy of the whole disk as it is now, as the snapshot of a virtual machine does; the host goes on. */
export async function saveDisk(disk: Disk): Promise<void> {
  if (disk.kind === 'overlay') throw new LabError('only a disk of its own can be kept whole: not overlay')
  const root = join(disk.dir, 'root')
  await run(['fsfreeze', '--freeze', root])
  try {
    await run(['cp', '--sparse=always', imageOf(disk), `${imageOf(disk)}.snapshot`])
  } finally {
    await run(['fsfreeze', '--unfreeze', root])
  }
}

/** Puts the kept copy in the place of the disk, which must not be mounted. */
export async function loadDisk(disk: Disk): Promise<void> {
  await run(['cp', '--sparse=always', `${imageOf(disk)}.snapshot`, imageOf(disk)])
}

/** The power is gone for this disk: what was not synced never reaches it, and all further access fails. */
export async function cutPower(disk: Disk): Promise<bigint> {
  if (disk.kind === 'overlay') {
    throw new LabError(
      'a power cut needs a disk of its own: start the lab with disk ext4, ext4-noauto or xfs, not overlay',
    )
  }
  const { stdout } = await run(['python3', toolFile('cut-power.py'), join(disk.dir, 'root')])
  return BigInt(stdout.trim())
}

/** Removes the host's folder, files marked immutable included. */
export async function removeDisk(dir: string): Promise<void> {
  await unmount(join(dir, 'root'))
  await released(join(dir, 'disk.img')) // held by a stranger, the image has no name any more, and goes with him
  await rm(dir, { recursive: true, force: true }).catch(async () => {
    await run(['chattr', '-R', '-f', '-i', '-a', dir], { check: false })
    await rm(dir, { recursive: true, force: true })
  })
}

async function unmount(path: string): Promise<void> {
  await until(`${path} is unmounted`, async () => {
    if (!(await isMounted(path))) return true
    await run(['umount', '--recursive', path], { check: false })
    return false
  })
}

/** Asks the list of mounts: a disk without power answers nothing itself. */
async function isMounted(path: string): Promise<boolean> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  return mounts.some((line) => line.split(' ')[4] === path)
}

function imageOf(disk: Disk): string {
  return join(disk.dir, 'disk.img')
}

function fileSystemOf(kind: DiskKind): 'ext4' | 'xfs' {
  return kind === 'xfs' ? 'xfs' : 'ext4'
}

/** What lies below a host's own files, the uppermost first, as overlayfs takes it. */
function lowerOf({ base, layer }: Disk): string {
  return layer === undefined ? base.root : `${layer}:${base.root}`
}

/** Images that are being made by this process. */
const making = new Map<string, Promise<string>>()

/** The image all disks of a kind are copied from; made once per base tree, and once with more packages. */
async function template(disk: Disk): Promise<string> {
  const fileSystem = fileSystemOf(disk.kind)
  const more = disk.layer === undefined ? '' : `-${basename(disk.layer)}`
  const path = join(disk.base.dir, `${fileSystem}${more}.img`)
  if (existsSync(path)) return path
  // Two hosts at once must not fill the same file: what comes of that is damaged, and stays for all later labs.
  const begun = making.get(path)
  if (begun !== undefined) return begun
  const made = makeTemplate(disk, path).finally(() => making.delete(path))
  making.set(path, made)
  return made
}

async function makeTemplate(disk: Disk, path: string): Promise<string> {
  const fileSystem = fileSystemOf(disk.kind)
  const unfinished = `${path}.${process.pid}`
  await run(['truncate', '-s', IMAGE_SIZE, unfinished])
  if (disk.layer === undefined) await fill(fileSystem, unfinished, disk.base.root)
  else await fillLayered(fileSystem, unfinished, lowerOf(disk))
  await rename(unfinished, path)
  return path
}

async function fillLayered(fileSystem: 'ext4' | 'xfs', image: string, lower: string): Promise<void> {
  const tree = `${image}.tree`
  await mkdir(tree, { recursive: true })
  await run(['mount', '-t', 'overlay', 'overlay', '-o', `ro,lowerdir=${lower}`, tree])
  try {
    await fill(fileSystem, image, tree)
  } finally {
    await run(['umount', tree])
    await rm(tree, { recursive: true })
  }
}

async function fill(fileSystem: 'ext4' | 'xfs', image: string, tree: string): Promise<void> {
  if (fileSystem === 'ext4') await run(['mkfs.ext4', '-q', '-F', '-d', tree, image])
  else await fillXfs(image, tree)
}

async function fillXfs(image: string, tree: string): Promise<void> {
  await run(['mkfs.xfs', '-q', '-f', image])
  const at = `${image}.mnt`
  await mkdir(at, { recursive: true })
  await run(['mount', '-o', 'loop', image, at])
  await run(['cp', '-a', `${tree}/.`, at])
  await run(['umount', at])
  await rm(at, { recursive: true })
}
