import { stat } from 'node:fs/promises'

/** What distinguishes one version of a file from another, or null where there is none. */
export async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.mode}`
}

/** The same of several files at once. */
export async function stampsOf(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(stampOf))).join('|')
}

/**
 * Calls `onChange` when one of the files is no longer the one it was. It looks every few seconds: cheaper and surer than
 * notifications, of which a system has only so many. `since` are the stamps to compare with; default: the present ones.
 */
export function watchFiles(
  paths: readonly string[],
  onChange: () => void,
  { everyMs = 5_000, since = null }: { readonly everyMs?: number; readonly since?: string | null } = {},
): Disposable {
  let before = since
  let looking = false
  const tick = async () => {
    if (looking) return
    looking = true
    const now = await stampsOf(paths)
    looking = false
    if (before !== null && now !== before) onChange()
    before = now
  }
  void tick()
  const timer = setInterval(() => void tick(), everyMs)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
