import { lstat } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'
import { run, tool } from '../host/index.ts'
import { oneLine } from '../text/index.ts'

const WIPE_MS = 300_000

/**
 * Removes a folder with all that a backup has put into it: never through a link, however deep, on this file system only,
 * and within a time. The tools walk by open folders, so that a name that is too long stops nothing. @throws ChaosError
 */
export async function wipeFolder(path: string, withinMs = WIPE_MS): Promise<void> {
  const signal = AbortSignal.timeout(withinMs)
  const remove = ['rm', '-rf', '--one-file-system', '--', path] as const
  const first = await run([...remove], { timeoutMs: withinMs, signal }).catch(() => null)
  if (first?.code === 0 && !(await exists(path))) return
  // Rights that keep even the owner out, and flags that keep root out.
  if (await exists(path)) {
    const quietly = { timeoutMs: withinMs, signal }
    if (tool('chattr') !== null) await run(['chattr', '-R', '-f', '-i', '-a', '--', path], quietly).catch(() => null)
    await run(['chmod', '-R', '--', 'u+rwX', path], quietly).catch(() => null)
  }
  const again = await run([...remove], { timeoutMs: withinMs, signal })
  if (again.code === 0 && !(await exists(path))) return
  throw new ChaosError('tool-failed', `${path} could not be wiped: ${oneLine(again.stderr, 200)}`)
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
