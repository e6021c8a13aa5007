import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fleet } from '../../../test/lab/support/fleet.ts'
import type { LabHost } from '../../lab/index.ts'
import { until } from '../../lab/wait.ts'
import { monoMs } from '../statistics.ts'
import type { Cause } from './causes.ts'
import { drillOf, NAME } from './drills.ts'

const LONG_MS = 120_000

/** One at a time: the next one begins when the one before has ended. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>

export function oneAtATime(): Alone {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}

/** Holds a failure on the host, brings the cause about, and answers with the milliseconds until the host was restored. */
export async function oneRound(fleet: Fleet, host: LabHost, cause: Cause, alone: Alone): Promise<number> {
  await fleet.online(host.name)
  const { runBook } = fleet.controller.context
  const { runId } = await fleet.start(drillOf(host.name), { hold: cause.hold })
  const isHeld = (at: Parameters<Parameters<typeof runBook.until>[1]>[0]) =>
    at.outcome !== null || at.steps.some((step) => step.hosts.some((row) => row.injected !== null))
  const run = await runBook.until(runId, isHeld, { withinMs: LONG_MS })
  const row = run?.steps[0]?.hosts[0]
  if (!row?.injected) throw new Error(`No failure is held on ${host.name}: ${run?.reasons.join(' ')}`)
  const held = { host, controllerAddress: fleet.lab.bridgeAddress, revertByWallMs: row.revertByWallMs ?? Number.NaN }
  const measure = async () => {
    const beganMs = await cause.strike(held)
    await until(`${host.name} is restored`, () => isRestored(host), { timeoutMs: LONG_MS, everyMs: 5 })
    return monoMs() - beganMs
  }
  const tookMs = await (cause.alone ? alone(measure) : measure())
  await cause.repair(host)
  await fleet.api.post(`runs/${runId}/abort`, { reason: 'measured' }).catch(() => undefined)
  await runBook.until(runId, ({ outcome }) => outcome !== null, { withinMs: LONG_MS })
  return tookMs
}

/** The file is the original, and nothing of the failure is open: seen from outside of the host. */
async function isRestored(host: LabHost): Promise<boolean> {
  const [hosts, open] = await Promise.all([
    readFile(join(host.root, 'etc/hosts'), 'utf8').catch(() => NAME),
    readdir(join(host.root, 'var/lib/chaos-lite/journal')).catch(() => ['not readable now']),
  ])
  return !hosts.includes(NAME) && open.length === 0
}
