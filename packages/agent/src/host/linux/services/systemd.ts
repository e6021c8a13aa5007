import { ChaosError } from '@chaos-lite/shared'
import type { Services, StopBounds, UnitState } from '../../host.ts'
import { must } from '../must.ts'
import { activeUnits, fatesOf } from './active.ts'
import { lastWords } from './last-words.ts'
import { obstaclesOf } from './obstacles.ts'
import { runningDependents, unneededWithout } from './reach.ts'
import { parseShow, properties, type Shown, unitState, words } from './show.ts'
import { enqueueStop, type Job } from './transaction.ts'

const queryTimeoutMs = 10_000

/** The services of a host whose process 1 is systemd. */
export function systemdServices(): Services {
  return {
    manager: 'systemd',
    state,
    start: (service, timeoutMs, signal) => startOnce(service, { timeoutMs, signal }),
    kill: async (service) => {
      await must(['systemctl', 'kill', '--signal=SIGKILL', '--', unitName(service)], { timeoutMs: queryTimeoutMs })
    },
    stop,
    reload: (service, timeoutMs, signal) => act('reload', service, { timeoutMs, signal }, ['active']),
    unneededWithout,
    obstacles: obstaclesOf,
    active: activeUnits,
    fates: fatesOf,
    boundToMount,
    lastWords,
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

interface Limits {
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** Units that stop with a mount, by the name that systemd gives the mount of this folder. */
async function boundToMount(point: string): Promise<readonly string[]> {
  const [mount] = await show([point])
  const bound = words(mount?.BoundBy)
  const states = bound.length === 0 ? [] : await show(bound)
  return states.filter(({ ActiveState }) => ActiveState === 'active').map(({ Id }) => Id ?? '')
}

/** Asks the manager what it stops, before it is waited for: what the record does not contain is not stopped by us. */
async function stop(service: string, timeoutMs: number, signal?: AbortSignal, bounds?: StopBounds): Promise<void> {
  if (signal?.aborted) throw new ChaosError('timed-out', `The stop of ${unitName(service)} was cancelled.`)
  const jobs = bounds === undefined ? null : await enqueueStop(unitName(service))
  if (jobs !== null && bounds !== undefined) await refuseOthers(service, jobs, bounds)
  // It joins the job that is there already.
  await act('stop', service, { timeoutMs, signal }, ['inactive', 'failed'])
}

async function refuseOthers(service: string, jobs: readonly Job[], { units, note }: StopBounds): Promise<void> {
  const others = jobs.map(({ unit }) => unit).filter((unit) => !units.includes(unit))
  if (others.length === 0) return
  try {
    await note(others)
  } finally {
    // One call: a job that has ended meanwhile must not keep the others from being cancelled.
    const ids = jobs.map(({ id }) => String(id))
    await must(['systemctl', 'cancel', ...ids], { timeoutMs: queryTimeoutMs }).catch(() => {})
  }
  const names = others.join(', ')
  throw new ChaosError(
    'cannot-restore',
    `Stopping ${unitName(service)} would also stop ${names}, which the plan does not contain. The stop was cancelled.`,
  )
}

/**
 * A start beyond `StartLimitBurst=` is refused for as long as its counter runs, and our own attempts count too. The
 * counter is set back: at once for a unit that has failed, because it keeps the reason of its failure when it is refused,
 * and otherwise once it is refused.
 */
async function startOnce(service: string, limits: Limits): Promise<void> {
  const unit = unitName(service)
  const resetCounter = () => must(['systemctl', 'reset-failed', '--', unit], { timeoutMs: queryTimeoutMs })
  if ((await show([unit]))[0]?.ActiveState === 'failed') await resetCounter()
  try {
    await act('start', service, limits, ['active'])
  } catch (error) {
    const argv = ['systemctl', 'show', '--property=Result', '--value', '--', unit] as const
    const { stdout } = await must([...argv], { timeoutMs: queryTimeoutMs })
    if (stdout.trim() !== 'start-limit-hit') throw error
    await resetCounter()
    await act('start', service, limits, ['active'])
  }
}

/**
 * `systemctl` waits for its job. A stop or a reload that hangs is cancelled, so that it does not go on behind our back. A
 * start goes on: at boot the job is also the machine's own, and waits for what the service needs.
 */
async function act(
  verb: 'start' | 'stop' | 'reload',
  service: string,
  { timeoutMs, signal }: Limits,
  done: readonly string[],
): Promise<void> {
  const unit = unitName(service)
  try {
    await must(['systemctl', verb, '--no-ask-password', '--', unit], { timeoutMs, ...(signal ? { signal } : {}) })
  } catch (error) {
    if (!(error instanceof ChaosError) || error.code !== 'timed-out') throw error
    const isCancelled = verb !== 'start'
    if (isCancelled) await cancelJob(unit)
    const rest = isCancelled ? 'the job was cancelled' : 'the manager goes on trying'
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
