import { existsSync } from 'node:fs'
import { missingProgram, proofObstacle } from '../available.ts'

const PROGRAMS = { 'mkfs.ext4': 'e2fsprogs', 'mkfs.xfs': 'xfsprogs' }
const DEVICES = { '/dev/fuse': 'FUSE', '/dev/loop-control': 'loop devices' }

/** Why no disk can be recorded on this machine, or null where it can. */
export function ordersObstacle(): string | null {
  const device = Object.entries(DEVICES).find(([path]) => !existsSync(path))
  return proofObstacle() ?? missingProgram(PROGRAMS) ?? (device ? `this kernel has no ${device[1]}` : null)
}
