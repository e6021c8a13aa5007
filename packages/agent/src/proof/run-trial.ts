import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../host/index.ts'
import type { Journal } from '../journal/index.ts'
import type { Command } from '../program/index.ts'
import { lookUntil } from '../wait/index.ts'
import { Child } from './child.ts'
import { differences, lookAt } from './look.ts'
import { type Kind, PROOF_ACTION, PROOF_PARAMS, type Trial } from './proof.ts'

const LOOK_EVERY_MS = 20
/** The safety timer comes at the latest after the budgets of the action; then something is wrong. */
const FAILSAFE_MS = 120_000
const LONG_HOLD = '1s'

/** What trials need. */
export interface TrialPlace {
  readonly host: Host
  readonly journal: Journal
  /** How to start this agent anew. */
  readonly command: Command
  readonly stop: AbortSignal
}

/** One trial; `withinMs` is the time in which a `killed` one is struck. The host is looked at before and after it. */
export async function runTrial(place: TrialPlace, kind: Kind, withinMs: number): Promise<Trial> {
  const before = await lookAt(place.host)
  const hold = kind === 'killed' || kind === 'undisturbed' ? '200ms' : LONG_HOLD
  const with_ = ['--with', JSON.stringify(PROOF_PARAMS), '--hold', hold]
  const child = new Child(place.command, ['rehearse', PROOF_ACTION, ...with_, '--yes', '--json'])
  const began = performance.now()
  const struck = await strike(place, child, kind, withinMs)
  const struckAt = performance.now()
  await child.ended
  const said = kind === 'safety timer' ? await awaitTimer(place) : await goOn(place, child, kind, struck)
  const { records, unreadable } = await place.journal.list()
  return {
    kind,
    struckAfterMs: struck ? Math.round(struckAt - began) : null,
    said,
    backAfterMs: struck ? Math.round(performance.now() - struckAt) : null,
    differences: differences(before, await lookAt(place.host)),
    open: records.length + unreadable.length > 0,
  }
}

async function strike({ journal, stop }: TrialPlace, child: Child, kind: Kind, withinMs: number): Promise<boolean> {
  if (kind === 'undisturbed') return false
  if (kind === 'killed') {
    await Promise.race([sleep(Math.random() * withinMs, null, { signal: stop }).catch(() => null), child.ended])
    return child.signal('SIGKILL')
  }
  await lookUntil(async () => child.hasEnded || (await isInPlace(journal)), Boolean, { everyMs: LOOK_EVERY_MS })
  return child.signal(kind === 'stopped' ? 'SIGTERM' : 'SIGKILL')
}

async function isInPlace(journal: Journal): Promise<boolean> {
  const { records } = await journal.list()
  return records.some(({ state }) => state === 'injected')
}

/** What its service manager, or the next boot, would do; a rehearsal that was not killed has rolled back by itself. */
async function goOn({ command }: TrialPlace, child: Child, kind: Kind, struck: boolean): Promise<string | null> {
  if (kind !== 'killed' || !struck) return restorationOf(await child.answer())
  const recovery = new Child(command, ['revert', '--all', '--cause', 'recovery', '--json'])
  const answer = await recovery.answer()
  const [outcome] = Array.isArray(answer?.outcomes) ? answer.outcomes : []
  return outcome === undefined ? 'nothing to roll back' : restorationOf(outcome)
}

function restorationOf(answer: Record<string, unknown> | null): string | null {
  return typeof answer?.restoration === 'string' ? answer.restoration : null
}

/** Nobody is left but the operating system's timer. */
async function awaitTimer({ journal }: TrialPlace): Promise<string | null> {
  await lookUntil(
    () => journal.list(),
    ({ records, unreadable }) => records.length + unreadable.length === 0,
    { everyMs: LOOK_EVERY_MS * 5, withinMs: FAILSAFE_MS },
  )
  return null
}
