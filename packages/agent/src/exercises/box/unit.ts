import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { run, tool } from '../../host/index.ts'
import { type Command, ownCommand } from '../../program/index.ts'
import { lookUntil } from '../../wait/index.ts'
import type { Work } from '../child/messages.ts'
import { databaseProperties, MODEST, NO_EXEC, OLDEST_SYSTEMD } from './properties.ts'

const TOOL_MS = 10_000
/** An exercise ends long before: this is for one whose agent is gone. */
const LONGEST_SECONDS = 25 * 3_600
const LOOK_MS = 100

/** Does systemd run this host (sd_booted(3)), and may we ask it? */
export function hasUnits(): boolean {
  return process.geteuid?.() === 0 && existsSync('/run/systemd/system') && tool('systemd-run') !== null
}

/** Runs a command as a transient unit, with its standard streams, until it ends. */
export function unitCommand(unit: string, properties: readonly string[], command: Command): Command {
  const set = ['Type=exec', `RuntimeMaxSec=${LONGEST_SECONDS}`, ...properties].map((one) => `--property=${one}`)
  const how = ['--quiet', '--no-ask-password', '--pipe', '--wait', '--collect', `--unit=${unit}`]
  return [tool('systemd-run') ?? 'systemd-run', ...how, ...set, '--setenv=NODE_NO_WARNINGS=1', '--', ...command]
}

/** The unit that one exercise runs in: everything that it starts is in its control group. */
export function exerciseUnit(unit: string, command: Command): Command {
  const properties = ['KillMode=control-group', 'KillSignal=SIGKILL', 'TimeoutStopSec=5s', 'LimitCORE=0', ...MODEST]
  return unitCommand(unit, properties, command)
}

interface DatabaseUnit {
  readonly unit: string
  /** The unit of the exercise, which this one does not outlive. */
  readonly owner: string
  readonly units: boolean
  readonly work: Work
  readonly writable: readonly string[]
}

/**
 * How to start a worker as an account that exists only for it, with nothing of the host but what can be read, and one
 * folder to write to. @throws ChaosError `capability-missing`
 */
export async function databaseUnit({ unit, owner, units, work, writable }: DatabaseUnit): Promise<Command> {
  if (!units) throw noDatabases('systemd does not run it')
  const version = await systemdVersion()
  if (version < OLDEST_SYSTEMD) throw noDatabases(`its systemd is ${version}, needed is ${OLDEST_SYSTEMD}`)
  const [target = ''] = writable
  // PostgreSQL insists that its account has a name; this one gets it from its own worker.
  const passwd = join(dirname(target), 'passwd')
  await writeFile(passwd, '')
  // Nobody but root gets as far as these: the folder above them is private.
  await chmod(passwd, 0o666)
  for (const path of writable) await chmod(path, 0o777)
  const [program] = ownCommand()
  const binds = [
    ...writable.map((path) => `BindPaths=${escaped(path)}`),
    ...(version < NO_EXEC ? [] : writable.map((path) => `NoExecPaths=${escaped(path)}`)),
    `BindPaths=${escaped(passwd)}:/etc/passwd`,
    // Homes and our own state are hidden: what is needed of them is shown again.
    `BindReadOnlyPaths=-${escaped(program)}`,
    `BindReadOnlyPaths=-${escaped(work.repository.location)}`,
  ]
  const ties = [`BindsTo=${owner}.service`, `After=${owner}.service`]
  return unitCommand(unit, [...ties, ...databaseProperties(version), ...binds], [...ownCommand(), 'exercise-work'])
}

/** systemd-run parts paths by blanks and colons. */
function escaped(path: string): string {
  return path.replace(/[\s"'\\:]/g, '\\$&')
}

/** `capability-missing`: namespaces alone do not bound what a dump's own programs use. */
function noDatabases(why: string): ChaosError {
  const text = 'A dump can run programs of its own, so databases are restored only where a systemd unit holds them'
  return new ChaosError('capability-missing', `${text}; this host has none: ${why}`)
}

async function systemdVersion(): Promise<number> {
  const { stdout } = await run(['systemctl', '--version'], { timeoutMs: TOOL_MS })
  const [, version = '0'] = /^systemd (\d+)/.exec(stdout) ?? []
  return Number(version)
}

/** Ends units with every process in them. True when none is left. */
export async function endUnits(units: readonly string[], withinMs = TOOL_MS): Promise<boolean> {
  const systemctl = tool('systemctl')
  if (units.length === 0 || systemctl === null) return true
  const names = units.map((unit) => `${unit}.service`)
  const until = performance.now() + withinMs
  // At once, and not when systemd comes to it: on a busy host that takes seconds, in which a restore goes on.
  for (const pid of await processesIn(names)) kill(pid)
  const child = spawn(systemctl, ['--quiet', '--no-ask-password', 'stop', '--', ...names], { stdio: 'ignore' })
  const late = setTimeout(() => child.kill('SIGKILL'), withinMs)
  await once(child, 'exit').catch(() => null)
  clearTimeout(late)
  const left = await lookUntil(
    () => processesIn(names),
    (pids) => pids.length === 0,
    { everyMs: LOOK_MS, withinMs: until - performance.now() },
  )
  return left.length === 0
}

function kill(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/** Asked of the kernel, in all versions of control groups. */
async function processesIn(units: readonly string[]): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const groups = await Promise.all(
    pids.map(async (pid) => ({ pid, text: await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '') })),
  )
  return groups.filter(({ text }) => units.some((unit) => text.includes(`/${unit}`))).map(({ pid }) => pid)
}
