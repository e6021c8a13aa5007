import { ChaosError } from '@chaos-lite/shared'
import { kernelLocker } from '../lock/index.ts'
import type { Paths } from '../paths.ts'

/** Another rehearsal may just be ending, or somebody looks whether there is one. */
const WAIT_MS = 1_000
const LOOK_MS = 1

/** Marks this process as a living rehearsal, until it is disposed of or dies, however it dies. @throws ChaosError `host-busy` */
export async function beginRehearsing({ rehearsal }: Paths): Promise<Disposable> {
  return await kernelLocker(rehearsal).acquire(WAIT_MS)
}

/** Is there a living rehearsal on this host? What it holds is its own to roll back, and its safety timer's. */
export async function isRehearsing({ rehearsal }: Paths): Promise<boolean> {
  try {
    using _ = await kernelLocker(rehearsal).acquire(LOOK_MS)
    return false
  } catch (thrown) {
    // A lock that is broken proves no rehearsal: the host must come back.
    return thrown instanceof ChaosError && thrown.code === 'host-busy'
  }
}
