import { describeRestore, restoreTexts } from './backup-restore-prepare.ts'
import { noBox } from './box/boxes.ts'
import { describeInChild, performInChild } from './child/in-child.ts'
import { defineExercise, type ExerciseContext } from './exercise.ts'
import { performRestore } from './perform-restore.ts'
import { RestoreParams } from './restore-params.ts'

/**
 * Restores a backup for real, times every phase, compares what came back, and leaves nothing behind. The backup is only
 * read. All of it happens in processes of their own: what hangs or is hostile in there can be ended.
 */
export const backupRestore = defineExercise<RestoreParams>({
  name: 'backup.restore',
  summary: 'Restore a backup, time each phase, compare every file, measure the age of the data, wipe it again.',
  needs: ['files'],
  words: restoreTexts,
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
