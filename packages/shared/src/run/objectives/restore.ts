import { type Measured, notNegative, READING_MS } from '../../timing/index.ts'
import { describeCompared } from '../not-compared.ts'
import type { Run } from '../run.ts'
import type { ExerciseResult } from '../run-step.ts'
import { hostName } from '../steady-state.ts'
import { type Finding, found, longest, notMeasured } from './finding.ts'

function exercisesOf(run: Run): { where: string; result: ExerciseResult | null }[] {
  return run.steps.flatMap((step) =>
    step.kind === 'exercise'
      ? step.hosts.map((row) => ({ where: hostName(run, row.hostId), result: row.exercise }))
      : [],
  )
}

/** Every exercise must have succeeded before its time or its data means anything. */
function whyNot(run: Run): string | null {
  const all = exercisesOf(run)
  if (all.length === 0) return 'the drill restores nothing.'
  const open = all.find((one) => one.result === null)
  if (open !== undefined) return `the exercise on ${open.where} did not report an end.`
  const failed = all.find((one) => one.result?.ok === false)
  return failed === undefined ? null : `the exercise on ${failed.where} failed.`
}

function timed(ms: number): Measured {
  return notNegative({
    valueMs: ms,
    uMs: READING_MS,
    lowMs: ms - READING_MS,
    highMs: Math.min(ms + READING_MS, Number.MAX_SAFE_INTEGER),
  })
}

/** How long the backup restore took, all phases. The slowest host is the run's figure. */
export function restore(run: Run): Finding {
  const why = whyNot(run)
  if (why !== null) return notMeasured(why)
  const all = exercisesOf(run).flatMap(({ where, result }) =>
    result === null ? [] : [{ where, result, measured: timed(result.totalMs) }],
  )
  const worst = longest(all)
  if (worst === null) return notMeasured('the drill restores nothing.')
  return found(worst.measured, `All phases of the restore on ${worst.where}, ${describeCompared(worst.result)}.`)
}

/** Age of the newest restored item. The oldest of all hosts is the run's figure; a file's date carries no uncertainty of ours. */
export function dataAge(run: Run): Finding {
  const why = whyNot(run)
  if (why !== null) return notMeasured(why)
  const all = exercisesOf(run)
  const unknown = all.find((one) => one.result?.dataAgeMs === null)
  if (unknown !== undefined) return notMeasured(`the age of the restored data on ${unknown.where} is not known.`)
  const aged = all.flatMap(({ where, result }) => {
    const ms = result?.dataAgeMs ?? 0
    return [{ where, measured: { valueMs: ms, uMs: 0, lowMs: ms, highMs: ms } }]
  })
  const worst = longest(aged)
  if (worst === null) return notMeasured('the drill restores nothing.')
  return found(worst.measured, `The age of the newest item restored on ${worst.where}.`)
}
