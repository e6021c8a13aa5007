import { readdir, readFile, readlink } from 'node:fs/promises'
import type { TreeUser } from '../../survey.ts'

/** More are not listed: one is enough. */
const mostUsers = 20

/** One tree, and what a process is asked about it. */
interface Tree {
  readonly folder: string
  readonly inodes: ReadonlySet<string>
  /** Numbers of the device that holds it, as `/proc` writes them (`8:1`), per mount of this process. */
  readonly device: string | null
}

/**
 * As `Files.treeUsers`. Only `/proc` is read, never the files themselves: one of another file system may never answer.
 * What the kernel itself has open (a swap file, a loop device, the NFS server) is not seen.
 */
export async function treeUsers(folder: string, inodes: ReadonlySet<string>): Promise<readonly TreeUser[]> {
  const tree: Tree = { folder, inodes, device: await deviceOf(folder) }
  const parents = new Map<string, string>()
  const users: TreeUser[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (users.length === mostUsers) break
    if (!(await uses(pid, tree)) || (await isOurs(pid, parents))) continue
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')
    users.push({ pid: Number(pid), name: name.trim() })
  }
  return users
}

/** Of two mounts at one point the later one is seen; the deepest point that leads to the folder holds it. */
async function deviceOf(folder: string): Promise<string | null> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  let best: { point: string; device: string } | null = null
  for (const row of table.split('\n')) {
    const [, , device = '', , point = ''] = row.split(' ')
    if (point === '' || !(folder === point || folder.startsWith(point === '/' ? '/' : `${point}/`))) continue
    if (best === null || point.length >= best.point.length) best = { point, device }
  }
  return best?.device ?? null
}

async function uses(pid: string, tree: Tree): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const name of ['cwd', 'root', 'exe', ...files.map((file) => `fd/${file}`)]) {
    // It may have ended, or be a thread of the kernel.
    const target = await readlink(`/proc/${pid}/${name}`).catch(() => '')
    if (target === tree.folder || target.startsWith(`${tree.folder}/`)) return true
    if (name.startsWith('fd/') && target.startsWith('/') && (await isOfTree(pid, name.slice(3), tree))) return true
  }
  return maps(pid, tree)
}

/** Told by its inode number, where the kernel says it (since 5.14): another view of the files has other paths. */
async function isOfTree(pid: string, file: string, { inodes, device }: Tree): Promise<boolean> {
  if (device === null) return false
  const info = await readFile(`/proc/${pid}/fdinfo/${file}`, 'utf8').catch(() => '')
  const inode = /^ino:\s*(\d+)$/m.exec(info)?.[1]
  if (inode === undefined || !inodes.has(inode)) return false
  const mount = /^mnt_id:\s*(\d+)$/m.exec(info)?.[1]
  const table = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')
  return table.split('\n').some((row) => row.startsWith(`${mount} `) && row.split(' ')[2] === device)
}

/** Lines such as `7f00-7f01 r--s 00000000 08:01 1234 /srv/data/a` (`man 5 proc_pid_maps`). */
async function maps(pid: string, { folder, inodes, device }: Tree): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '')
  return text.split('\n').some((row) => {
    const [, , , where = '', inode = '', ...rest] = row.split(/ +/)
    if (inode === '' || inode === '0') return false
    if (rest.join(' ').startsWith(`${folder}/`)) return true
    return inodes.has(inode) && isSameDevice(where, device)
  })
}

function isSameDevice(hexadecimal: string, device: string | null): boolean {
  const numbers = hexadecimal.split(':').map((part) => Number.parseInt(part, 16))
  return device !== null && numbers.join(':') === device
}

/** This process, and those that it started: what we compare with ourselves is nobody's work. */
async function isOurs(pid: string, parents: Map<string, string>): Promise<boolean> {
  for (let at = pid; at !== '' && at !== '0' && at !== '1'; at = parents.get(at) ?? '') {
    if (Number(at) === process.pid) return true
    if (!parents.has(at)) parents.set(at, await parentOf(at))
  }
  return false
}

async function parentOf(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? ''
}
