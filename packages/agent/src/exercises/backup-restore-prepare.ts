import { ChaosError } from '@chaos-lite/shared'
import { driverOf, insideOf, repositoryNamed } from '../backups/index.ts'
import type { RepositoryDefinition } from '../definitions/index.ts'
import { oneLine } from '../text/index.ts'
import { serverDatabase } from './backup-restore-run.ts'
import type { Boxes } from './box/boxes.ts'
import type { ExerciseContext } from './exercise.ts'
import type { RestoreParams } from './restore-params.ts'
import { refuseUnsafePlace } from './target.ts'

/** Opens the repository, so that a wrong password or a missing tool is told while planning, and says what will be done. */
export async function describeRestore(
  { host, local, signal }: Omit<ExerciseContext, 'phase'>,
  params: RestoreParams,
  boxes: Boxes,
): Promise<readonly string[]> {
  const place = params.into === 'place'
  if (place && params.folder === undefined) {
    throw new ChaosError('param-invalid', 'A restore into place needs `folder`: the folder whose place it takes')
  }
  if (place) await refuseUnsafePlace(host.files, params.folder ?? '')
  const repository = await repositoryNamed(local, params.repository)
  const inside = insideOf(repository, params.folder ?? null)
  const driver = driverOf(repository)
  const work = { kind: 'newest', name: params.repository, repository, inside, cacheFolder: null } as const
  const done = await boxes.do(work, { writable: [], place: false, phase: () => undefined, signal })
  if (done.kind !== 'newest' || done.snapshot === null) {
    throw new ChaosError('backup-unusable', `The repository ${params.repository} holds no backup at all`)
  }
  const { of } = done.snapshot
  const compared = params.folder ?? repository.compareWith ?? serverDatabase(repository) ?? undefined
  return [
    `Reads the newest backup of ${params.repository} (${[driver.name, inside === '.' ? 'all of it' : inside, ...(of === undefined ? [] : [of])].join(', ')}); the backup is not changed.`,
    place
      ? `Restores it beside ${params.folder} and renames it into place, only while this run holds that folder in quarantine. The copy is for reading only: when the folder is rolled back, a copy that nobody changed or uses is deleted, and any other is kept as ${params.folder}.kept-<record>.`
      : 'Restores it into a private scratch folder of the agent and wipes that folder afterwards, whatever happens.',
    compared === undefined
      ? 'Counts what came back; there is no live folder to compare it with.'
      : driver.compare !== undefined
        ? `Compares it with ${compared}, reading only: table by table, row by row.`
        : `Compares it with ${compared}, reading only: ${params.sample === undefined ? 'the bytes of every file' : `the bytes of ${params.sample} files, of the rest kind and size`}.`,
    ...leftOut(repository),
    repository.canary === undefined
      ? 'No canary is planted in this backup.'
      : `Looks for the canary ${repository.canary.file} by its digest.`,
  ]
}

/** What the owner of the host leaves out of the comparison. */
function leftOut({ excludes = [], excludeCaches = false }: RepositoryDefinition): string[] {
  const names = [...excludes, ...(excludeCaches ? ['folders with a CACHEDIR.TAG'] : [])]
  if (names.length === 0) return []
  return [oneLine(`Leaves out of the comparison what repositories.yaml excludes: ${names.join(', ')}.`, 1024)]
}
