import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { Finished, Host } from '../host/index.ts'
import type { RecordHead } from '../journal/index.ts'
import type { Command } from '../program/index.ts'
import type { Failsafe } from './failsafe.ts'

/**
 * Run `revert --all --cause recovery` at boot, because transient timers do not survive one: files before services start,
 * then everything else. Installed and enabled by the installer.
 */
const RECOVER_UNITS = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service'] as const
const TOOL_MS = 10_000
const MOST_REVERT_SECONDS = 300
/** A timer that `doctor` starts and stops: it would run nothing. */
const TRIAL = 'chaos-lite-doctor-trial'

/** What the safety timer runs when it fires: a fresh process of the copy kept for the record, not the installed one. */
export interface SystemdFailsafeOptions {
  readonly host: Host
  /** How to start the kept copy of the executable. */
  command(): Promise<Command>
  /** Variables that the fresh process needs, such as `CHAOS_LITE_ROOT`. */
  readonly env?: Readonly<Record<string, string>>
}

/** The unit that rolls one record back. */
export function unitOf(recordId: string): string {
  return `chaos-lite-failsafe-${recordId}`
}

/** `systemd.time(7)`: whole seconds, never earlier than asked for. */
export function calendarOf(wallMs: number): string {
  const iso = new Date(Math.ceil(wallMs / 1000) * 1000).toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/**
 * The arguments that make one transient timer with both triggers: elapsed time, and the calendar clock. A reverter that
 * is killed, or cannot run (exit code 2), is started again after a second, at most five times in ten seconds (the
 * manager's own limit); after exit code 1 a person must act, and another start would change nothing.
 */
export function timerArguments(
  head: RecordHead,
  how: { readonly command: Command; readonly env?: Readonly<Record<string, string>> },
  nowMonoMs: number,
): string[] {
  const elapsedMs = Math.max(0, Math.ceil(head.revertByMonoMs - nowMonoMs))
  return [
    '--quiet',
    '--no-ask-password',
    '--collect',
    `--unit=${unitOf(head.recordId)}`,
    `--description=Chaos Lite rolls back ${head.action}, whatever became of the agent`,
    `--on-active=${elapsedMs}ms`,
    `--on-calendar=${calendarOf(head.revertByWallMs)}`,
    '--timer-property=AccuracySec=100ms',
    '--property=Type=simple',
    '--property=Restart=on-failure',
    '--property=RestartSec=1s',
    '--property=RestartPreventExitStatus=1',
    `--property=RuntimeMaxSec=${longestSeconds(head)}s`,
    '--property=TimeoutStopSec=10s',
    ...Object.entries(how.env ?? {}).map(([name, value]) => `--setenv=${name}=${value}`),
    '--',
    ...how.command,
    'revert',
    '--record',
    head.recordId,
    '--cause',
    'failsafe',
  ]
}

/**
 * A reverter that was itself stopped, or hangs, is killed after so long, and started again. It may have to roll back newer
 * records before, each of which has its own budget: what it has done by then stays done.
 */
function longestSeconds({ revertMs }: RecordHead): number {
  return Math.max(MOST_REVERT_SECONDS, Math.ceil((3 * (revertMs + TOOL_MS)) / 1000))
}

class SystemdFailsafe implements Failsafe {
  readonly survives = 'reboot'
  readonly #options: SystemdFailsafeOptions

  constructor(options: SystemdFailsafeOptions) {
    this.#options = options
  }

  describe(): string {
    return `A systemd timer rolls back when the agent does not, and the units ${RECOVER_UNITS.join(' and ')} do so at boot.`
  }

  async warm(): Promise<void> {}

  async check(): Promise<string> {
    await this.#refuseWithoutBoot()
    const timer = `${TRIAL}.timer`
    // What an interrupted check left would keep the name.
    await this.#run(['systemctl', 'stop', timer])
    const made = await this.#run([
      'systemd-run',
      '--quiet',
      '--no-ask-password',
      '--collect',
      `--unit=${TRIAL}`,
      '--on-active=1h',
      'true',
    ])
    if (made.code !== 0) throw unavailable(`systemd-run failed: ${made.stderr.trim()}`)
    const active = await this.#run(['systemctl', 'is-active', timer])
    await this.#run(['systemctl', 'stop', timer])
    if (active.stdout.trim() !== 'active') throw unavailable(`${timer} was ${active.stdout.trim()}, expected active`)
    return `systemd started and stopped a timer for trial just now, and ${RECOVER_UNITS.join(' and ')}, which roll back after a reboot, are enabled`
  }

  async #refuseWithoutBoot(): Promise<void> {
    const recovery = await this.#run(['systemctl', 'is-enabled', ...RECOVER_UNITS])
    const states = recovery.stdout.trim().split('\n')
    if (states.length === RECOVER_UNITS.length && states.every((state) => state.trim() === 'enabled')) return
    const found = `${states.join(', ')} ${recovery.stderr.trim()}`.trim()
    throw unavailable(`${RECOVER_UNITS.join(' and ')}, which roll back after a reboot, are not both enabled (${found})`)
  }

  async arm(head: RecordHead): Promise<void> {
    await this.#refuseWithoutBoot()
    const { command, env = {}, host } = this.#options
    const args = timerArguments(head, { command: await command(), env }, host.clock.monoMs())
    const made = await this.#run(['systemd-run', ...args])
    if (made.code !== 0) throw unavailable(`systemd-run failed: ${made.stderr.trim()}`)
    const timer = `${unitOf(head.recordId)}.timer`
    const active = await this.#run(['systemctl', 'is-active', timer])
    if (active.stdout.trim() === 'active') return
    await this.disarm(head.recordId).catch(() => undefined)
    throw unavailable(`${timer} is ${active.stdout.trim() || 'not there'}, expected active`)
  }

  async disarm(recordId: string): Promise<void> {
    const timer = `${unitOf(recordId)}.timer`
    const stopped = await this.#run(['systemctl', 'stop', timer])
    // 5: the unit is not loaded, which is what we want.
    if (stopped.code !== 0 && stopped.code !== 5)
      throw new Error(`${timer} cannot be stopped: ${stopped.stderr.trim()}`)
  }

  async sweep(open: readonly string[]): Promise<void> {
    const timers = `${unitOf('*')}.timer`
    const listed = await this.#run(['systemctl', 'list-units', '--all', '--plain', '--no-legend', timers])
    for (const line of listed.stdout.split('\n')) {
      const [, recordId] = /^chaos-lite-failsafe-([0-9A-Z]{26})\.timer\s/.exec(line) ?? []
      if (recordId !== undefined && !open.includes(recordId)) await this.disarm(recordId)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #run(argv: readonly [string, ...string[]]): Promise<Finished> {
    try {
      return await this.#options.host.run(argv, { timeoutMs: TOOL_MS })
    } catch (thrown) {
      throw unavailable(sentenceOf(thrown), thrown)
    }
  }
}

function unavailable(reason: string, cause?: unknown): ChaosError {
  const help = 'Nothing was touched. Run the installer again, then: chaos-lite-agent doctor'
  return new ChaosError('failsafe-unavailable', `The safety timer cannot be armed: ${reason}. ${help}`, { cause })
}

/** Transient systemd timers, together with the boot unit that the installer enabled. */
export function systemdFailsafe(options: SystemdFailsafeOptions): Failsafe {
  return new SystemdFailsafe(options)
}
