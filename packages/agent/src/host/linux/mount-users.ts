import { readdir, readFile, readlink } from 'node:fs/promises'
import type { MountUser } from '../mounts.ts'

/** More are not listed: one is enough to be in the way. */
const mostUsers = 20

/**
 * Processes whose folder, root, program or open files lie at or below a point. Only links of `/proc` are read, never the
 * file system itself. What belongs to the kernel (a swap file, a loop device) is not seen; `umount` refuses it by itself.
 */
export async function mountUsers(point: string): Promise<readonly MountUser[]> {
  const users: MountUser[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (users.length === mostUsers) break
    if (!(await uses(pid, point))) continue
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')
    users.push({ pid: Number(pid), name: name.trim() })
  }
  return users
}

async function uses(pid: string, point: string): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const name of ['cwd', 'root', 'exe', ...files.map((file) => `fd/${file}`)]) {
    // It may have ended, or be a thread of the kernel.
    const target = await readlink(`/proc/${pid}/${name}`).catch(() => '')
    if (target === point || target.startsWith(`${point}/`)) return true
  }
  return false
}
