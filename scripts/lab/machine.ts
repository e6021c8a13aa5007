import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { killCgroups, makeCgroups, removeCgroups } from './cgroup.ts'
import { isAlive, ownerOf } from './owner.ts'
import { toolFile } from './paths.ts'
import { LabError, type RunOptions, type RunResult, run } from './run.ts'
import { until } from './wait.ts'

/** The running side of a host: its container, process 1 and supervisor. Everything is found again from its folder. */
export type Machine = {
  /** At most 12 characters, or the network link's name is cut off. */
  machine: string
  hostname: string
  dir: string
  bridge: string
  /** Files and folders of this machine the host sees read-only: from, to. */
  binds: readonly (readonly [string, string])[]
  /** Devices of this machine it may open. */
  devices: readonly string[]
}

const PLAIN_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
}

/** Starts the host; it is not yet up when this returns. */
export async function startMachine(m: Machine): Promise<void> {
  if (await isRunning(m)) throw new LabError(`host ${m.hostname} is running already`)
  await rm(pidFile(m), { force: true })
  // The cable of a host that was killed goes with its network, which the kernel takes down a moment later.
  await run(['ip', 'link', 'delete', `vb-${m.machine}`], { check: false })
  const cgroups = await makeCgroups(m.machine)
  const console = openSync(join(m.dir, 'console.log'), 'a')
  const child = spawn('python3', [toolFile('supervise.py'), pidFile(m), ...cgroups, '--', ...nspawn(m)], {
    stdio: ['ignore', console, console],
    detached: true,
  })
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  child.unref()
  closeSync(console) // an open file would keep the lab's folder mounted
  await writeFile(join(m.dir, 'supervisor'), (child.pid && ownerOf(child.pid)) || '')
}

function nspawn(m: Machine): string[] {
  return [
    'systemd-nspawn',
    '--quiet',
    `--directory=${join(m.dir, 'root')}`,
    `--machine=${m.machine}`,
    `--hostname=${m.hostname}`,
    '--register=no',
    '--keep-unit',
    '--boot',
    '--console=pipe',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    `--network-bridge=${m.bridge}`,
    ...m.binds.map(([from, to]) => `--bind-ro=${from}:${to}`),
    ...m.devices.map((device) => `--bind=${device}`),
  ]
}

/** Waits until the host has finished booting, and says how: `running`, or `degraded` if a unit failed. */
export async function waitBooted(m: Machine, notBootId?: string): Promise<string> {
  const state = await until(`host ${m.hostname} is up`, () => systemState(m, notBootId), { timeoutMs: 60_000 })
  return state
}

async function systemState(m: Machine, notBootId?: string): Promise<string | undefined> {
  const leader = await leaderOf(m)
  if (leader === undefined) {
    if (!(await isRunning(m))) throw new LabError(`host ${m.hostname} did not start:\n${await consoleTail(m)}`)
    return undefined
  }
  if (notBootId !== undefined && (await bootIdOf(leader)) === notBootId) return undefined
  const result = await enter(m, ['systemctl', 'is-system-running'], { check: false }).catch(() => undefined)
  const state = result?.stdout.trim()
  return state === 'running' || state === 'degraded' ? state : undefined
}

/** Runs a program inside by joining the host's namespaces: quick, but with more rights than the host has. */
export async function enter(m: Machine, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const leader = await leaderOf(m)
  if (leader === undefined) throw new LabError(`host ${m.hostname} is down`)
  const env = { ...PLAIN_ENV, ...options.env }
  return await run(['nsenter', `--target=${leader}`, '--all', '--', ...argv], { ...options, env })
}

/** The host's process 1, or undefined while it is down. */
export async function leaderOf(m: Machine): Promise<number | undefined> {
  const nspawnPid = (await readFile(pidFile(m), 'utf8').catch(() => '')).trim()
  if (nspawnPid === '') return undefined
  const children = await readFile(`/proc/${nspawnPid}/task/${nspawnPid}/children`, 'utf8').catch(() => '')
  for (const pid of children.trim().split(/\s+/)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    if (/^NSpid:\s+\d+\s+1$/m.test(status)) return Number(pid)
  }
  return undefined
}

/** Changes with every boot. */
export async function bootIdOf(leader: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${leader}/root/proc/sys/kernel/random/boot_id`, 'utf8').catch(() => undefined)
  return text?.trim()
}

/** Kills every process of the host at once, as when the machine crashes. */
export async function killMachine(m: Pick<Machine, 'machine' | 'dir'>): Promise<void> {
  const supervisor = await readFile(join(m.dir, 'supervisor'), 'utf8').catch(() => '')
  if (supervisor !== '' && isAlive(supervisor)) process.kill(Number(supervisor.split('-')[0]), 'SIGKILL')
  await killCgroups(m.machine)
  await removeCgroups(m.machine)
  await rm(pidFile(m), { force: true })
  await rmdir(`/run/systemd/nspawn/propagate/${m.machine}`).catch(() => {})
}

/** Whether the host's container is there at all, booting included. */
export async function isRunning(m: Pick<Machine, 'dir'>): Promise<boolean> {
  const supervisor = await readFile(join(m.dir, 'supervisor'), 'utf8').catch(() => '')
  return supervisor !== '' && isAlive(supervisor)
}

function pidFile(m: Pick<Machine, 'dir'>): string {
  return join(m.dir, 'nspawn.pid')
}

async function consoleTail(m: Machine): Promise<string> {
  const text = await readFile(join(m.dir, 'console.log'), 'utf8').catch(() => '')
  return text.split('\n').slice(-20).join('\n')
}
