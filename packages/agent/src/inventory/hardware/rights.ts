import { readForeign } from '../../small-files/index.ts'

/** The user and group that own nothing: what the kernel shows for an owner that it cannot name. */
const NOBODY = 65_534

/**
 * Gives up the rights of root for the rest of this process. In a user namespace without that user there is nothing to give
 * up: its root is an ordinary user of the machine. @throws when the rights cannot be given up
 */
export async function giveUpRights(): Promise<void> {
  if (process.getuid?.() !== 0) return
  const map = await readForeign('/proc/self/uid_map', 64 * 1024).catch(() => null)
  if (map !== null && !isMapped(map.toString('utf8'), NOBODY)) return
  process.setgroups?.([NOBODY])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}

/** Is this user known in the namespace? Lines of first id inside, first id outside, and how many: user_namespaces(7). */
export function isMapped(map: string, id: number): boolean {
  return map.split('\n').some((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number)
    return first !== undefined && count !== undefined && id >= first && id < first + count
  })
}
