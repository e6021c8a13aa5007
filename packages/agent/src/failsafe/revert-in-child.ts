import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '../program/index.ts'

/** A reverter that was killed or could not run is started again so often, with a rest in between. */
const MOST_STARTS = 5
const REST_MS = 1_000
const BESIDE_MS = 20_000

/** Exit codes of `revert` after which another start would come to the same: done, or a person must act. */
const FINAL: readonly (number | null)[] = [0, 1]

/**
 * Puts one record back in a process of its own, so that its death is seen and another takes over. One that takes long gets
 * another beside it: if the first hangs with the lock in its hand, that one takes it away (`engine/take-lock.ts`). The
 * reverters go on although the one that started them is killed. Returns the last exit code, null after a signal; never throws.
 */
export async function revertInChild(
  command: Command,
  recordId: string,
  stop: AbortSignal,
  { restMs = REST_MS, besideMs = BESIDE_MS }: { readonly restMs?: number; readonly besideMs?: number } = {},
): Promise<number | null> {
  const running = new Set<Promise<number | null>>()
  let code: number | null = null
  for (let start = 1; start <= MOST_STARTS || running.size > 0; start += 1) {
    if (start <= MOST_STARTS) running.add(revertOnce(command, recordId))
    const ended = await firstOf(running, start < MOST_STARTS ? besideMs : null)
    if (stop.aborted) return ended === 'none' ? code : ended.code
    if (ended === 'none') continue
    running.delete(ended.reverter)
    code = ended.code
    if (FINAL.includes(code)) return code
    if (start < MOST_STARTS) await sleep(restMs, null, { signal: stop }).catch(() => null)
    // Somebody else has rolled it back meanwhile.
    if (stop.aborted) return code
  }
  return code
}

/** The first of them to end; `none` when that takes longer. */
async function firstOf(running: ReadonlySet<Promise<number | null>>, withinMs: number | null) {
  const ends = [...running].map(async (reverter) => ({ reverter, code: await reverter }))
  if (withinMs === null) return Promise.race(ends)
  const late = new AbortController()
  const none = sleep(withinMs, 'none' as const, { signal: late.signal }).catch(() => 'none' as const)
  try {
    return await Promise.race([...ends, none])
  } finally {
    late.abort()
  }
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
