import { setTimeout as pause } from 'node:timers/promises'
import { type LabHost, until } from '../../lab/index.ts'
import type { Ended } from '../world.ts'
import { startAgent } from './start-agent.ts'

/** Longer than going down and a boot. */
const RESTART_MS = 120_000
/** A host that goes down stops everybody before it kills them: whoever entered it then would never come back. */
const ASK_MS = 10_000

/** Is the host up, and is it to stay so? It `waits` where a restart was ordered and has not begun. */
export async function outlook(host: LabHost): Promise<'stays up' | 'waits' | 'goes down or boots'> {
  try {
    const { stdout: state } = await host.enter(['systemctl', 'is-system-running'], { check: false, timeoutMs: ASK_MS })
    if (!/^(?:running|degraded)$/.test(state.trim())) return 'goes down or boots'
    const list = ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'chaos-lite-restart-*']
    return (await host.enter(list, { timeoutMs: ASK_MS })).stdout.trim() === '' ? 'stays up' : 'waits'
  } catch {
    return 'goes down or boots' // nobody was there to ask
  }
}

/** Lets a restart that has begun come to its end. */
export async function whenUp(host: LabHost): Promise<void> {
  await until('the host is up', async () => (await outlook(host)) !== 'goes down or boots', { timeoutMs: RESTART_MS })
}

/** Lets a restart that was ordered come to its end. */
export async function whenItStaysUp(host: LabHost): Promise<void> {
  await until('no restart comes', async () => (await outlook(host)) === 'stays up', { timeoutMs: RESTART_MS })
}

/** The host restarts by this rehearsal, to the end of the boot. `struck`: it truly did. */
export async function restartBy(host: LabHost, args: readonly string[]): Promise<Ended> {
  const before = await host.bootId()
  const ended = await order(host, args)
  if (ended.struck === true) await host.rebooted(before)
  return ended
}

/**
 * As `restartBy`, and the power is cut so long after the order; the host boots then. Once the boot has rolled back, the drill
 * is over, and what a power cut does to services is no part of it: then nothing is cut, and nothing was struck.
 */
export async function cutRestart(
  host: LabHost,
  args: readonly string[],
  cutAfterMs: number,
  hasOpenRecord: () => Promise<boolean>,
): Promise<Ended> {
  const before = await host.bootId()
  const ended = await order(host, args)
  if (ended.struck !== true) return ended
  await pause(cutAfterMs)
  if (!(await hasOpenRecord())) {
    await host.rebooted(before)
    return { ...ended, struck: false }
  }
  const now = await host.bootId().catch(() => null)
  await host.powerCut()
  // Before that boot nobody can have rolled back: a record that is gone is lost, and the judgement shows what became of it.
  if (now !== null && now !== before && !(await hasOpenRecord())) {
    throw new Error('The boot had just rolled back when the power was cut: the drill was over.')
  }
  await host.boot()
  const when = now === null ? 'between two boots' : now === before ? 'before the restart' : 'during the boot'
  return { ...ended, stdout: `${ended.stdout}(the power was cut ${when})\n` }
}

/** The agent has ordered the restart, and holds on. */
function order(host: LabHost, args: readonly string[]): Promise<Ended> {
  return startAgent(host, { args, fault: { kind: 'kill while held' }, hasty: true })
}
