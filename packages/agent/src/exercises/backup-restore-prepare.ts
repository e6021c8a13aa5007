import { ChaosError } from '@chaos-lite/shared'
import { type Message, saying, underCodes } from '@chaos-lite/shared/words'
import { driverOf, insideOf, repositoryNamed } from '../backups/index.ts'
import type { RepositoryDefinition } from '../definitions/index.ts'
import { serverDatabase } from './backup-restore-run.ts'
import type { Boxes } from './box/boxes.ts'
import type { ExerciseContext } from './exercise.ts'
import type { RestoreParams } from './restore-params.ts'
import { refuseUnsafePlace } from './target.ts'
import { words } from './words.en.ts'

const PLACE = 'exercise.backup.restore'
const say = saying(PLACE, words)

/** The English of what a restore says about itself, by code. */
export const restoreTexts = underCodes(PLACE, words)

/** Opens the repository, so that a wrong password or a missing tool is reported while planning, and says what will be done. */
export async function describeRestore(
  { host, local, signal }: Omit<ExerciseContext, 'phase'>,
  params: RestoreParams,
  boxes: Boxes,
): Promise<readonly Message[]> {
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
  const all = inside === '.' ? 'all of it' : inside
  return [
    say('reads', { repository: params.repository, from: [driver.name, all, ...(of === undefined ? [] : [of])] }),
    place ? say('place', { folder: params.folder ?? '' }) : say('scratch'),
    explainComparison(compared, driver.compare !== undefined, params.sample),
    ...explainExcludes(repository),
    repository.canary === undefined ? say('noCanary') : say('canary', { file: repository.canary.file }),
  ]
}

function explainComparison(live: string | undefined, byRows: boolean, sample: number | undefined): Message {
  if (live === undefined) return say('counts')
  if (byRows) return say('rows', { live })
  return sample === undefined ? say('files', { live }) : say('sample', { live, files: sample })
}

/** What the owner of the host leaves out of the comparison. */
function explainExcludes({ excludes = [], excludeCaches = false }: RepositoryDefinition): Message[] {
  return [
    ...(excludes.length === 0 ? [] : [say('excludes', { names: excludes })]),
    ...(excludeCaches ? [say('excludesCaches')] : []),
  ]
}
