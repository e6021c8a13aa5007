import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { oneLine } from '../text/index.ts'
import { runRestore } from './backup-restore-run.ts'
import type { Boxes } from './box/boxes.ts'
import { type ExerciseContext, type ExerciseResult, failedExercise } from './exercise.ts'
import type { RestoreParams } from './restore-params.ts'

/** Whatever goes wrong with a backup is the result of the exercise, not an error of ours: `ok: false` with the reason. */
export async function performRestore(
  context: ExerciseContext,
  params: RestoreParams,
  boxes: Boxes,
): Promise<ExerciseResult> {
  try {
    return await runRestore(context, params, boxes)
  } catch (thrown) {
    return failedRestore(context.signal, thrown)
  }
}

/** The result of an exercise that came to no other end. */
export function failedRestore(signal: AbortSignal, thrown: unknown): ExerciseResult {
  const reason =
    signal.aborted && !(thrown instanceof ChaosError) ? 'The restore was stopped before its end' : sentenceOf(thrown)
  return failedExercise(oneLine(reason, 1024))
}
