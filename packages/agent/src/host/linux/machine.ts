import { ChaosError } from '@chaos-lite/shared'
import { lookUntil } from '../../wait/index.ts'
import type { Processes, Services } from '../host.ts'
import type { Machine, ServiceNow } from '../machine.ts'
import { must } from './must.ts'
import { run } from './run.ts'
import { parseShow, type Shown } from './services/show.ts'

const queryMs = 10_000
const lookEveryMs = 250
const maxServices = 500
const defaultStartMs = 90_000

/** Programs that change what the next boot starts from. */
const installers = [
  'dpkg',
  'apt',
  'apt-get',
  'unattended-upgr',
  'rpm',
  'dnf',
  'yum',
  'zypper',
  'pacman',
  'fsck',
  'fwupd',
]

/** Log-ins, the service manager's own, ours, and what runs for somebody's command. */
const notTheHosts =
  /^(?:systemd-|user@|user-runtime-dir@|getty@|serial-getty@|console-getty|container-getty@|dbus|run-|chaos-lite|rc-local)/

/** Where process 1 is systemd. */
export function systemdMachine(
  services: Pick<Services, 'start' | 'state'>,
  processes: Pick<Processes, 'byName'>,
): Machine {
  return {
    blocker: () => blocker(processes),
    running,
    async restart(tag, afterMs) {
      const unit = [`--unit=${unitOf(tag)}`, '--description=Chaos Lite restarts this host, as a drill']
      const when = [`--on-active=${afterMs}ms`, '--timer-property=AccuracySec=50ms']
      const what = ['--', 'systemctl', '--no-block', '--no-wall', 'reboot']
      await must(['systemd-run', '--quiet', '--no-ask-password', '--collect', ...unit, ...when, ...what], {
        timeoutMs: queryMs,
      })
    },
    isWaiting: (tag) => isActive(`${unitOf(tag)}.timer`),
    async isGoingDown(tag) {
      return (await systemState()) === 'stopping' || (await isActive(`${unitOf(tag)}.service`))
    },
    async cancel(tag) {
      // 5: there is no such unit, which is what is wanted.
      const { code, stderr } = await run(['systemctl', 'stop', `${unitOf(tag)}.timer`], { timeoutMs: queryMs })
      if (code !== 0 && code !== 5) throw new ChaosError('tool-failed', `The restart cannot be taken back: ${stderr}`)
    },
    bringBack: (names, signal) => bringBack(services, names, signal),
  }
}

function unitOf(tag: string): string {
  return `chaos-lite-restart-${tag}`
}

async function blocker(processes: Pick<Processes, 'byName'>): Promise<string | null> {
  const state = await systemState()
  if (state !== 'running' && state !== 'degraded') return `This host is ${state || 'in an unknown state'}.`
  for (const name of installers) {
    if ((await processes.byName(name)).length > 0) {
      return `${name} is at work: a restart in the middle of it could leave a host that does not start.`
    }
  }
  return null
}

async function systemState(): Promise<string> {
  return (await run(['systemctl', 'is-system-running'], { timeoutMs: queryMs })).stdout.trim()
}

async function isActive(unit: string): Promise<boolean> {
  const { stdout } = await run(['systemctl', 'is-active', unit], { timeoutMs: queryMs })
  return ['active', 'activating', 'deactivating'].includes(stdout.trim())
}

async function running(): Promise<readonly string[]> {
  const list = ['--type=service', '--state=running', '--plain', '--no-legend', '--no-pager'] as const
  const { stdout } = await must(['systemctl', 'list-units', ...list], { timeoutMs: queryMs })
  const names = stdout
    .split('\n')
    .flatMap((row) => row.trim().split(/\s+/)[0] ?? [])
    .filter((name) => name !== '')
  const own = names.filter((name) => !notTheHosts.test(name))
  if (own.length > maxServices) {
    throw new ChaosError('cannot-restore', `More than ${maxServices} services run on this host.`)
  }
  return (await show(own))
    .filter(comesBack)
    .map(({ Id }) => Id ?? '')
    .sort()
}

/** Not a unit that lives only in memory, and not one that waits to be asked (by a socket, a timer, the bus). */
export function comesBack(shown: Shown & { readonly Type?: string }): boolean {
  if (shown.UnitFileState === 'transient' || shown.Type === 'dbus') return false
  return (shown.TriggeredBy ?? '') === ''
}

async function show(units: readonly string[]): Promise<readonly (Shown & { Type?: string; Job?: string })[]> {
  if (units.length === 0) return []
  const properties = '--property=Id,Type,LoadState,ActiveState,UnitFileState,TriggeredBy,Job'
  const { stdout } = await must(['systemctl', 'show', properties, '--', ...units], { timeoutMs: queryMs })
  return parseShow(stdout)
}

/** The boot has a job for each of its units from its beginning: what runs not and has none will not come by itself. */
async function bringBack(
  services: Pick<Services, 'start' | 'state'>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly ServiceNow[]> {
  await lookUntil(
    () => show(names),
    (found) => !found.some((unit) => unit.ActiveState !== 'active' && isUnderWay(unit)),
    { everyMs: lookEveryMs, signal },
  )
  for (const { Id = '', ActiveState, LoadState } of await show(names)) {
    if (ActiveState === 'active' || LoadState !== 'loaded' || signal.aborted) continue
    const { startTimeoutMs } = await services.state(Id)
    const timeoutMs = Number.isFinite(startTimeoutMs) ? startTimeoutMs : defaultStartMs
    await services.start(Id, timeoutMs, signal).catch(() => null)
  }
  return (await show(names)).map(({ Id = '', ActiveState = '', LoadState }) => ({
    name: Id,
    state: LoadState === 'loaded' ? ActiveState : (LoadState ?? 'not-found'),
  }))
}

function isUnderWay({ ActiveState = '', Job }: { ActiveState?: string; Job?: string }): boolean {
  return ['activating', 'deactivating', 'reloading'].includes(ActiveState) || /^[1-9]/.test(Job ?? '')
}
