import * as z from 'zod'
import { AbsolutePath, DefinedName } from '../params/params.ts'
import { describeRestore } from './backup-restore-prepare.ts'
import { noBox } from './box/boxes.ts'
import { describeInChild, performInChild } from './child/in-child.ts'
import { defineExercise, type ExerciseContext } from './exercise.ts'
import { performRestore } from './perform-restore.ts'

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
 * read. All of it happens in processes of their own: what hangs or is hostile in there can be ended.
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
  prepare: (context, params) =>
    isSimulated(context) ? describeRestore(context, params, noBox(context.host)) : describeInChild(context, params),
  perform: (context, params) =>
    isSimulated(context) ? performRestore(context, params, noBox(context.host)) : performInChild(context, params),
})

/** A simulated host touches nothing but its own folder, and runs no programs. */
function isSimulated({ host }: Pick<ExerciseContext, 'host'>): boolean {
  return host.platform === 'simulated'
}
