import { stat } from 'node:fs/promises'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { Locker } from '../lock/index.ts'
import { answersTo, type Finding } from './findings.ts'

/** Is another process of the agent at work, changing this host or rolling it back? Taken for a moment, and let go. */
export async function lookAtLock(locker: Locker, path: string): Promise<Finding[]> {
  const { good, note, bad } = answersTo(`the lock ${path}`)
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return [good('lock', `free: nothing has taken ${path} since this machine started`)]
  try {
    using _taken = await locker.acquire(0)
    return [good('lock', `free: no other process of the agent is changing this host`)]
  } catch (thrown) {
    if (thrown instanceof ChaosError && thrown.code === 'host-busy') {
      return [note('lock', `${path} is held: another process of the agent is changing this host, or rolling it back`)]
    }
    return [bad('lock', sentenceOf(thrown))]
  }
}
