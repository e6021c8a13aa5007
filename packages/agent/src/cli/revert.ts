import type { RevertCause } from '@chaos-lite/shared'
import type { Engine, RevertOutcome } from '../engine/engine.ts'
import { endExercises } from '../exercises/child/running.ts'
import { isRehearsing } from './rehearsing.ts'
import { isBack, linesOf } from './say.ts'
import { EXIT, type ExitCode, type Terminal, type World } from './world.ts'

export interface RevertOptions {
  readonly record?: string
  readonly cause: RevertCause
  /** At boot: `early` takes only what is safe before services start. */
  readonly phase?: 'early' | 'all'
  readonly json: boolean
}

/** Puts back what the journal holds. Needs no controller, no network and no configuration. */
export async function revert(world: World, options: RevertOptions, terminal: Terminal): Promise<ExitCode> {
  await using agent = await world.agent()
  const { engine } = agent
  const all = options.record === undefined
  await endTheirExercises(world, engine, options.record)
  const outcomes =
    all && options.cause === 'recovery'
      ? await engine.recover(options.phase, () => isRehearsing(world.paths))
      : await engine.revert(all ? {} : { recordId: options.record }, options.cause, {
          onWaiting: (sentence) => terminal.err(sentence),
        })
  const { unreadable, records } = await engine.standings()
  const done = outcomes.every(isBack) && unreadable.length === 0
  if (options.json) terminal.out(JSON.stringify({ ok: done, outcomes, unreadable, open: records.length }))
  else sayOutcomes(outcomes, unreadable, terminal)
  return done ? EXIT.ok : EXIT.failed
}

/** What restores into the place of something that is put back, and what may hang, must end first. */
async function endTheirExercises({ paths }: World, engine: Engine, recordId: string | undefined): Promise<void> {
  if (recordId === undefined) return endExercises(paths.running, 'all')
  const { records } = await engine.standings()
  const runId = records.find(({ head }) => head.recordId === recordId)?.head.runId ?? null
  if (runId !== null) await endExercises(paths.running, { runId })
}

export function sayOutcomes(
  outcomes: readonly RevertOutcome[],
  unreadable: readonly { reason: string }[],
  terminal: Terminal,
): void {
  if (outcomes.length === 0) terminal.out('There was nothing to put back.')
  for (const line of outcomes.flatMap(linesOf)) terminal.out(line)
  for (const { reason } of unreadable) terminal.err(`UNREADABLE: ${reason}`)
}
