import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'chaos-lite-mutate-'
/** Packages of this project: they must be those of the copy. */
const OURS = '@chaos-lite'

/** A copy of the last commit in the temporary folder, with the installed packages linked. */
export interface Copy {
  readonly folder: string
  /** May be called again. */
  remove(): void
}

/** @throws Error when git cannot make it */
export function makeCopy(root: string): Copy {
  sweep(root)
  const folder = join(realpathSync(tmpdir()), `${PREFIX}${process.pid}`)
  const copy = { folder, remove: () => removeCopy(root, folder) }
  try {
    execFileSync('git', ['worktree', 'add', '--quiet', '--detach', folder, 'HEAD'], { cwd: root, stdio: 'pipe' })
    linkPackages(root, folder)
    return copy
  } catch (error) {
    copy.remove()
    throw error
  }
}

/** Copies of programs that were killed before they could remove them. */
function sweep(root: string): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : 0
    if (pid > 0 && !isAlive(pid)) removeCopy(root, join(realpathSync(tmpdir()), name))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function removeCopy(root: string, folder: string): void {
  // The links are removed, never what they point to.
  rmSync(folder, { recursive: true, force: true })
  execFileSync('git', ['worktree', 'prune'], { cwd: root, stdio: 'pipe' })
}

/** One link per installed package, so that our own packages are found in the copy. */
function linkPackages(root: string, folder: string): void {
  const owners = ['.', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]
  for (const owner of owners) {
    const [from, to] = [join(root, owner, 'node_modules'), join(folder, owner, 'node_modules')]
    if (!existsSync(from) || !existsSync(join(folder, owner))) continue
    mkdirSync(join(to, OURS), { recursive: true })
    for (const name of readdirSync(from)) {
      // A cache is written to by the tests.
      if (name !== OURS && name !== '.cache') symlinkSync(join(from, name), join(to, name))
    }
    if (!existsSync(join(from, OURS))) continue
    for (const name of readdirSync(join(from, OURS))) symlinkSync(join(folder, 'packages', name), join(to, OURS, name))
  }
}
