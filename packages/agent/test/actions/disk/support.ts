import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Files } from '../../../src/host/host.ts'
import { type Stage, stage } from '../support.ts'

export const MiB = 1024 * 1024
export const folder = '/srv/data'

/** What a disk of a test says of itself. */
export interface SmallDisk {
  freeMiB: number
  readonly totalMiB?: number
  readonly onDisk?: string | null
}

/** Real files on a disk that is said to be of 1024 MiB (`totalMiB`), of which `freeMiB` were free before this test. */
export function onSmallDisk(real: Files, root: string, disk: SmallDisk): Files {
  const taken = () => readdirSync(join(root, folder)).reduce((sum, name) => sum + sizeOf(join(root, folder, name)), 0)
  return {
    ...real,
    space: async () => ({
      freeBytes: disk.freeMiB * MiB - taken(),
      totalBytes: (disk.totalMiB ?? 1024) * MiB,
      onDisk: disk.onDisk === undefined ? 'ext4' : disk.onDisk,
    }),
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/** A host with a folder on such a disk. `disk.freeMiB` may be changed: others write, or tidy up. */
export async function smallHost(disk: SmallDisk = { freeMiB: 512 }): Promise<Stage> {
  const scene = await stage({ 'srv/data/order.txt': 'one' })
  const files = onSmallDisk(scene.host.files, scene.root, disk)
  const host = { ...scene.host, files }
  return { ...scene, host, context: { ...scene.context, host } }
}

export function fillFiles(root: string): string[] {
  return readdirSync(join(root, folder)).filter((name) => name.endsWith('-fill'))
}
