import { ChaosError } from '@chaos-lite/shared'
import type { Services, UnitState } from '../../host.ts'
import { must } from '../must.ts'
import { isRunning, parseShow, properties, type Shown, stopsWith, unitState } from './show.ts'

const queryTimeoutMs = 10_000
/** A host whose services hang together by more units than this is not one to drill. */
const maxUnits = 64

/** The services of a host whose process 1 is systemd. */
export function systemdServices(): Services {
  return {
    manager: 'systemd',
    state,
    start: (service, timeoutMs, signal) => startOnce(service, { timeoutMs, signal }),
    kill: async (service) => {
      await must(['systemctl', 'kill', '--signal=SIGKILL', '--', unitName(service)], { timeoutMs: queryTimeoutMs })
    },
    stop: (service, timeoutMs, signal) => act('stop', service, { timeoutMs, signal }, ['inactive', 'failed']),
  }
}

/** systemd's own rule for names without a suffix. */
export function unitName(service: string): string {
  return /\.(?:service|socket|timer|path|target|mount|automount|swap|slice|scope|device)$/.test(service)
    ? service
    : `${service}.service`
}

async function state(service: string): Promise<UnitState> {
  const [shown] = await show([unitName(service)])
  if (!shown) throw new ChaosError('tool-failed', `systemctl did not describe ${service}.`)
  return unitState(shown, await runningDependents(shown))
}

async function show(units: readonly string[]): Promise<readonly Shown[]> {
  const argv = ['systemctl', 'show', `--property=${properties.join(',')}`, '--', ...units] as const
  const { stdout } = await must([...argv], { timeoutMs: queryTimeoutMs })
  return parseShow(stdout)
}

/** All that would stop with it, however far away, as long as it runs now. */
async function runningDependents(root: Shown): Promise<readonly string[]> {
  const seen = new Set([root.Id ?? ''])
  const running: string[] = []
  let next = stopsWith(root)
  while (next.length > 0) {
    const fresh = [...new Set(next)].filter((unit) => !seen.has(unit))
    for (const unit of fresh) seen.add(unit)
    if (seen.size > maxUnits)
      throw new ChaosError('cannot-restore', `More than ${maxUnits} units depend on ${root.Id}.`)
    const shown = fresh.length === 0 ? [] : (await show(fresh)).filter(isRunning)
    running.push(...shown.map((unit) => unit.Id ?? ''))
    next = shown.flatMap(stopsWith)
  }
  return running.sort()
}

interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** A start beyond `StartLimitBurst=` is refused for as long as its counter runs: others spent it, so it is set back once. */
async function startOnce(service: string, limits: Limits): Promise<void> {
  try {
    await act('start', service, limits, ['active'])
  } catch (error) {
    const unit = unitName(service)
    const argv = ['systemctl', 'show', '--property=Result', '--value', '--', unit] as const
    const { stdout } = await must([...argv], { timeoutMs: queryTimeoutMs })
    if (stdout.trim() !== 'start-limit-hit') throw error
    await must(['systemctl', 'reset-failed', '--', unit], { timeoutMs: queryTimeoutMs })
    await act('start', service, limits, ['active'])
  }
}

/**
 * `systemctl` waits for its job. A stop that hangs is cancelled, so that it does not go on behind our back. A start goes
 * on: at boot the job is also the machine's own, and waits for what the service needs.
 */
async function act(
  verb: 'start' | 'stop',
  service: string,
  { timeoutMs, signal }: Limits,
  done: readonly string[],
): Promise<void> {
  const unit = unitName(service)
  try {
    await must(['systemctl', verb, '--no-ask-password', '--', unit], { timeoutMs, ...(signal ? { signal } : {}) })
  } catch (error) {
    if (!(error instanceof ChaosError) || error.code !== 'timed-out') throw error
    if (verb === 'stop') await cancelJob(unit)
    const rest = verb === 'stop' ? 'the job was cancelled' : 'the manager goes on trying'
    throw new ChaosError('timed-out', `${unit} did not ${verb} within ${Math.round(timeoutMs / 1000)} s; ${rest}.`)
  }
  const [now] = await show([unit])
  if (done.includes(now?.ActiveState ?? '')) return
  throw new ChaosError('tool-failed', `${unit} is ${now?.ActiveState ?? 'unknown'} after the ${verb}.`)
}

async function cancelJob(unit: string): Promise<void> {
  const { stdout } = await must(['systemctl', 'show', '--property=Job', '--value', '--', unit], {
    timeoutMs: queryTimeoutMs,
  })
  const job = stdout.trim()
  if (/^[1-9]\d*$/.test(job)) await must(['systemctl', 'cancel', job], { timeoutMs: queryTimeoutMs }).catch(() => {})
}
