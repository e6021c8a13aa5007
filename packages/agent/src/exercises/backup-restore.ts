import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import * as z from 'zod'
import { AbsolutePath, DefinedName } from '../probes/params.ts'
import { oneLine } from '../probes/text.ts'
import { describeRestore } from './backup-restore-prepare.ts'
import { runRestore } from './backup-restore-run.ts'
import { defineExercise, type ExerciseResult } from './exercise.ts'

export const RestoreParams = z.strictObject({
  repository: DefinedName.describe('A name from repositories.yaml on the host'),
  folder: AbsolutePath.optional().describe('The live folder to restore; all that the repository holds unless told'),
  into: z
    .enum(['scratch', 'place'])
    .optional()
    .describe(
      'scratch (unless told): restored, compared, wiped. place: takes the place of a quarantined folder; the copy is for reading only',
    ),
  sample: z
    .int()
    .min(1)
    .max(500_000)
    .optional()
    .describe('Compare the bytes of this many files only; of the rest kind, size and owner'),
  check: z.boolean().optional().describe("Also run the backup tool's own check of the repository (restic, borg)"),
})
export type RestoreParams = z.infer<typeof RestoreParams>

/**
 * Restores a backup for real, times every phase, compares what came back, and leaves nothing behind. The backup is only
 * read. Whatever goes wrong with it is the result of the exercise, not an error of ours: `ok: false` with the reason.
 */
export const backupRestore = defineExercise<RestoreParams>({
  name: 'backup.restore',
  summary: 'Restore a backup, time each phase, compare every file, measure the age of the data, wipe it again.',
  needs: ['files'],
  params: RestoreParams,
  asks: ({ repository, folder }) => [
    { kind: 'repository', value: repository },
    ...(folder === undefined ? [] : [{ kind: 'folder' as const, value: folder }]),
  ],
  prepare: describeRestore,
  async perform(context, params): Promise<ExerciseResult> {
    try {
      return await runRestore(context, params)
    } catch (thrown) {
      const reason =
        context.signal.aborted && !(thrown instanceof ChaosError)
          ? 'The restore was stopped before its end'
          : sentenceOf(thrown)
      const nothing = { items: 0, differences: [], dataAgeMs: null, canary: 'not planted' } as const
      return { ok: false, reason: oneLine(reason, 1024), ...nothing }
    }
  },
})
