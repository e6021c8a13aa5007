import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { asChaosError, codeOf } from './files/durable.ts'

/** What `/proc/PID/NAME` says; null where the process has ended, or is not ours to look at. @throws ChaosError otherwise */
export async function ofProcess(pid: number, name: 'stat' | 'environ' | 'status'): Promise<string | null> {
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch((error: unknown) => gone(pid, error))
}

/** The same in one breath, with nothing of ours in between. */
export function ofProcessNow(pid: number, name: 'stat'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch (error) {
    return gone(pid, error)
  }
}

/** That it cannot be seen must never be taken for its end: it may still be suspended, or at work. */
function gone(pid: number, error: unknown): null {
  if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return null
  throw asChaosError(error, `Process ${pid} cannot be looked at`)
}
