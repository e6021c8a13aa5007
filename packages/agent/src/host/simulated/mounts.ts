import { ChaosError } from '@chaos-lite/shared'
import type { Mount, MountOrder, Mounts, MountUser } from '../mounts.ts'

/** A table of mounts in memory: a mount hides nothing, and files below its point stay. */
export interface SimulatedMounts extends Mounts {
  /** Changes the table as an administrator would. */
  set(change: (mounts: readonly Mount[]) => readonly Mount[]): void
  /** Somebody opens something below every point. */
  use(users: readonly MountUser[]): void
}

/** Mounts in memory: nothing is hidden or shown. */
export function simulatedMounts(given: readonly Mount[], orders: readonly MountOrder[]): SimulatedMounts {
  let mounts = given
  let users: readonly MountUser[] = []
  return {
    set: (change) => {
      mounts = change(mounts)
    },
    use: (all) => {
      users = all
    },
    list: async () => mounts,
    orders: async () => orders,
    users: async () => users,
    unmount: async (point) => {
      if (users.length > 0) throw new ChaosError('tool-failed', `umount refused: ${point}: target is busy.`)
      const top = mounts.findLastIndex((mount) => mount.point === point)
      if (top === -1) throw new ChaosError('tool-failed', `umount refused: ${point}: not mounted.`)
      mounts = mounts.toSpliced(top, 1)
    },
    mount: async ({ point, source, kind }) => {
      const before = given.find((mount) => mount.point === point && mount.source === source)
      mounts = [...mounts, before ?? { point, source, kind, options: 'rw', superOptions: 'rw', root: '/' }]
    },
  }
}
