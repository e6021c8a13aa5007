import { join } from 'node:path'
import { line, type RevertCause } from '@chaos-lite/shared'
import * as z from 'zod'
import { undoOf } from '../actions/index.ts'
import { codeOf } from '../durable/index.ts'
import type { UnitFate } from '../host/index.ts'
import { item } from '../host/index.ts'
import type { JournalRecord } from '../journal/index.ts'
import { readFile, writeFile } from '../small-files/index.ts'
import { lookUntil } from '../wait/index.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import type { RevertOutcome } from './engine.ts'

const activeFile = 'active-units.json'
const Active = z.strictObject({ units: z.array(line(256)).max(2000) })

/** A unit that starts again by itself gets this time. */
const settleMs = 5000
const lookEveryMs = 200

type Result = Pick<RevertOutcome, 'restoration' | 'compared' | 'kept'> & { readonly reason: string | null }

/** Notes in the record's folder which units of the host are active before it is changed. Never throws. */
export async function noteActiveUnits(deps: EngineDeps, folder: string): Promise<void> {
  try {
    const units = await deps.host.services.active()
    if (units !== null) await writeFile(join(folder, activeFile), JSON.stringify({ units }), { mode: 0o600 })
  } catch (thrown) {
    deps.warn('the active units of the host cannot be noted: they are not compared afterwards', thrown)
  }
}

/**
 * The cross-check of every action: a unit that was active before, is not active now and is none of ours is named, and
 * never started by us. A stop job that is not ours is somebody's decision. A unit that failed or ended without one needs
 * a person, who starts it, or confirms by `revert --record` that it stays down. After a reboot nothing is compared: the
 * boot decides what runs.
 */
export async function withOtherUnits(
  deps: EngineDeps,
  record: JournalRecord,
  result: Result,
  cause: RevertCause,
): Promise<Result> {
  if (result.reason !== null || record.head.bootId !== deps.host.clock.bootId) return result
  try {
    const before = await readActive(record.folder)
    if (before === null) return result
    const { count, fates } = await missing(deps, record, before)
    const isConfirmed = record.state === 'stuck' && cause === 'by hand'
    return judged(result, { count, fates, isConfirmed }, record)
  } catch (thrown) {
    deps.warn(`the other units of the host are not compared for record ${record.head.recordId}`, thrown)
    const unseen = item('other units of the host', 'noted', 'could not be seen')
    return { ...result, restoration: 'unknown', compared: [...result.compared, unseen], reason: unseenReason }
  }
}

const unseenReason = 'whether the other units of the host run as before could not be seen'

async function readActive(folder: string): Promise<readonly string[] | null> {
  try {
    return Active.parse(JSON.parse(await readFile(join(folder, activeFile), 'utf8'))).units
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null
    throw thrown
  }
}

/** What became of the units that ran before and do not run now, without those that an open record starts itself. */
async function missing(
  deps: EngineDeps,
  record: JournalRecord,
  before: readonly string[],
): Promise<{ count: number; fates: readonly UnitFate[] }> {
  const active = new Set(await deps.host.services.active())
  let gone = before.filter((unit) => !active.has(unit))
  if (gone.length === 0) return { count: before.length, fates: [] }
  const own = await ownUnits(deps, record)
  gone = gone.filter((unit) => !own.has(unit))
  const { services, clock } = deps.host
  const fates = await lookUntil(
    () => services.fates(gone, record.head.preparedWallMs),
    (found) => !found.some(({ became }) => became === 'starting'),
    { everyMs: lookEveryMs, withinMs: settleMs, monoMs: () => clock.monoMs() },
  )
  return { count: before.length, fates }
}

async function ownUnits(deps: EngineDeps, record: JournalRecord): Promise<ReadonlySet<string>> {
  const { records } = await deps.journal.list()
  return new Set(
    [record, ...records].flatMap(({ head }) => {
      const action = actionNamed(deps, head.action)
      return action?.units === undefined ? [] : action.units(undoOf(action, head))
    }),
  )
}

function judged(
  result: Result,
  { count, fates, isConfirmed }: { count: number; fates: readonly UnitFate[]; isConfirmed: boolean },
  { head, state }: JournalRecord,
): Result {
  const names = (...kinds: readonly UnitFate['became'][]) =>
    fates.filter(({ became }) => kinds.includes(became)).map(({ name }) => name)
  // Of a process that died while it stopped something, nobody knows what its stop reached.
  const isKnown = state !== 'injecting'
  const stopped = isKnown ? names('stopped') : []
  const starting = names('starting')
  const failed = isKnown ? names('failed') : names('failed', 'stopped')
  const inactive = [...stopped, ...starting, ...failed]
  const before = `${count} active`
  const ended = names('ended', 'removed').length
  const now = inactive.length === 0 ? before : `not active: ${inactive.join(', ')}`
  const compared = [...result.compared, item('other units of the host', before, now)]
  if (inactive.length === 0) {
    const explained = ended === 0 ? [] : [`${ended} of them ended or were removed, as units of their kind do`]
    const same = item('other units of the host', [before, ...explained].join('; '), [before, ...explained].join('; '))
    return { ...result, compared: [...result.compared, same] }
  }
  const kept = [
    ...result.kept,
    ...stopped.map((unit) => `${unit} was stopped during the failure, not by this action: it was not started again.`),
    ...starting.map((unit) => `${unit} ended during the failure; the service manager is starting it again.`),
    ...failed.map((unit) => `${unit} failed or ended during the failure: it was not started again by this agent.`),
  ]
  if (failed.length === 0 || isConfirmed) return { restoration: 'ours undone', compared, kept, reason: null }
  const confirm = `Start it, then run: chaos-lite-agent revert --record ${head.recordId}. If it shall stay down, the same command confirms that`
  return {
    restoration: 'unknown',
    compared,
    kept,
    reason: `not as before: ${failed.join(', ')} does not run. ${confirm}`,
  }
}
