import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from './executable.ts'

/** A reverter that was killed or could not run is started again so often, with a rest in between. */
const MOST_STARTS = 5
const REST_MS = 1_000

/** Exit codes of `revert` after which another start would come to the same: done, or a person must act. */
const FINAL: readonly (number | null)[] = [0, 1]

/**
 * Puts one record back in a process of its own, so that its death is seen and another takes over. The reverter goes on
 * although the one that started it is killed. Returns its last exit code, null after a signal; never throws.
 */
export async function revertInChild(
  command: Command,
  recordId: string,
  stop: AbortSignal,
  restMs = REST_MS,
): Promise<number | null> {
  let code: number | null = null
  for (let start = 1; start <= MOST_STARTS; start += 1) {
    code = await revertOnce(command, recordId)
    if (FINAL.includes(code) || stop.aborted) return code
    if (start < MOST_STARTS) await sleep(restMs, null, { signal: stop }).catch(() => null)
    // Somebody else has put it back meanwhile.
    if (stop.aborted) return code
  }
  return code
}

async function revertOnce([file, ...first]: Command, recordId: string): Promise<number | null> {
  const args = [...first, 'revert', '--record', recordId, '--cause', 'failsafe']
  try {
    const child = spawn(file, args, { detached: true, cwd: '/', stdio: 'ignore' })
    const [code] = await once(child, 'exit')
    return code as number | null
  } catch {
    return null
  }
}
