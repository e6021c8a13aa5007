import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './wait.ts'

const ROOT = '/sys/fs/cgroup'

/**
 * The cgroups of one host, one per hierarchy. Each host needs its own, or the units of all hosts share one folder.
 * On a machine with cgroup v2 alone there is one; on a hybrid machine systemd's own, the unified one and the freezer.
 */
export function cgroupsOf(machine: string): string[] {
  return hierarchies().map((root) => join(root, `chaos-lite-lab-${machine}`))
}

/** The hierarchies a host takes part in; empty if this machine has none that systemd can use. */
export function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT]
  return ['systemd', 'unified', 'freezer'].map((name) => join(ROOT, name)).filter((path) => existsSync(path))
}

/** Makes them; already there is fine. */
export async function makeCgroups(machine: string): Promise<string[]> {
  const paths = cgroupsOf(machine)
  for (const path of paths) await mkdir(path, { recursive: true })
  return paths
}

/** Kills every process of the host, however it was started, and waits until none is left. */
export async function killCgroups(machine: string): Promise<void> {
  await setFrozen(machine, false)
  await until(`every process of ${machine} is gone`, async () => {
    const pids = await pidsIn(cgroupsOf(machine))
    for (const pid of pids) killHard(pid)
    return pids.length === 0
  })
}

/** Removes the empty folders, innermost first. */
export async function removeCgroups(machine: string): Promise<void> {
  for (const path of cgroupsOf(machine)) {
    for (const folder of (await foldersUnder(path)).reverse()) await rmdir(folder).catch(() => {})
  }
}

/** Stops every process of the host where it stands, or lets them go on. The kernel still answers pings. */
export async function setFrozen(machine: string, frozen: boolean): Promise<void> {
  for (const path of cgroupsOf(machine)) {
    if (existsSync(join(path, 'freezer.state'))) {
      for (const folder of await foldersUnder(path)) {
        await writeFile(join(folder, 'freezer.state'), frozen ? 'FROZEN' : 'THAWED').catch(() => {})
      }
    } else if (existsSync(join(path, 'cgroup.freeze')) && hierarchies().length === 1) {
      await writeFile(join(path, 'cgroup.freeze'), frozen ? '1' : '0')
    }
  }
}

async function pidsIn(paths: readonly string[]): Promise<number[]> {
  const pids = new Set<number>()
  for (const path of paths) {
    for (const folder of await foldersUnder(path)) {
      const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')
      for (const line of text.split('\n')) if (Number(line) > 0) pids.add(Number(line))
    }
  }
  return [...pids]
}

/** The folder and everything below it, outermost first. */
async function foldersUnder(path: string): Promise<string[]> {
  if (!existsSync(path)) return []
  const found = [path]
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) found.push(...(await foldersUnder(join(path, entry.name))))
  }
  return found
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone already
  }
}
