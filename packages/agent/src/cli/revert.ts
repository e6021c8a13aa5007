import type { RevertCause } from '@chaos-lite/shared'
import type { Engine, RevertOutcome } from '../engine/index.ts'
import { endExercises, type Which } from '../exercises/index.ts'
import { EXIT, type ExitCode, type Terminal, type World } from '../world.ts'
import { backElsewhere, openNow } from './elsewhere.ts'
import { isRehearsing } from './rehearsing.ts'
import { isBack, linesOf } from './say.ts'

/** What `revert` is given. Without `record`, every record that is open. */
export interface RevertOptions {
  readonly record?: string
  readonly cause: RevertCause
  /** At boot: `early` takes only what is safe before services start. */
  readonly phase?: 'early' | 'all'
  readonly json: boolean
}

/** Rolls back what the journal holds. Needs no controller, no network and no configuration. */
export async function revert(world: World, options: RevertOptions, terminal: Terminal): Promise<ExitCode> {
  await using agent = await world.agent()
  const { engine } = agent
  const all = options.record === undefined
  const open = (await openNow(world.paths.journal)).filter(({ head }) => all || head.recordId === options.record)
  const ended = endExercises(world.paths.running, await exercisesOf(engine, options.record))
  const outcomes =
    all && options.cause === 'recovery'
      ? await engine.recover(options.phase, () => isRehearsing(world.paths))
      : await engine.revert(all ? {} : { recordId: options.record }, options.cause, {
          onWaiting: (sentence) => terminal.err(sentence),
        })
  await ended
  const { unreadable, records } = await engine.standings()
  const done = outcomes.every(isBack) && unreadable.length === 0
  if (options.json) terminal.out(JSON.stringify({ ok: done, outcomes, unreadable, open: records.length }))
  else sayOutcomes({ outcomes, unreadable, elsewhere: await backElsewhere(agent, open, outcomes) }, terminal)
  return done ? EXIT.ok : EXIT.failed
}

/**
 * Those of the record's run, which may be what hangs. They are ended while the host is rolled back: only what restores
 * into the very place of a record has to end first, and the engine waits for that itself.
 */
async function exercisesOf(engine: Engine, recordId: string | undefined): Promise<Which> {
  if (recordId === undefined) return 'all'
  const { records } = await engine.standings()
  const runId = records.find(({ head }) => head.recordId === recordId)?.head.runId ?? null
  return runId === null ? { recordId } : { runId }
}

/** What came of a rollback of several records. */
export interface Came {
  readonly outcomes: readonly RevertOutcome[]
  readonly unreadable: readonly { reason: string }[]
  /** What other processes rolled back meanwhile, a line each. */
  readonly elsewhere: readonly string[]
}

/** Prints them: what is still open, or cannot be read, is never left out. */
export function sayOutcomes({ outcomes, unreadable, elsewhere }: Came, terminal: Terminal): void {
  // What cannot be read may hold something to roll back.
  if (outcomes.length + elsewhere.length + unreadable.length === 0) terminal.out('There was nothing to roll back.')
  for (const line of [...outcomes.flatMap(linesOf), ...elsewhere]) terminal.out(line)
  for (const { reason } of unreadable) terminal.err(`UNREADABLE: ${reason}`)
}
