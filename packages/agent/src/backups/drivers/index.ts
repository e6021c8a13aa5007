import { ChaosError } from '@chaos-lite/shared'
import type { RepositoryDefinition } from '../../definitions/index.ts'
import { archiveDriver } from './archive.ts'
import { borgDriver } from './borg.ts'
import type { BackupDriver } from './driver.ts'
import { folderDriver } from './folder.ts'
import { postgresDriver } from './postgres.ts'
import { resticDriver } from './restic.ts'
import { sqliteDriver } from './sqlite.ts'

export { ageOf } from './age.ts'
export type * from './driver.ts'
export { insideOf } from './inside.ts'

const drivers: Readonly<Record<RepositoryDefinition['driver'], BackupDriver>> = {
  folder: folderDriver,
  archive: archiveDriver,
  restic: resticDriver,
  borg: borgDriver,
  sqlite: sqliteDriver,
  postgres: postgresDriver,
}

/** All of them, for the reference pages. */
export const backupDrivers: readonly BackupDriver[] = Object.values(drivers)

/** The driver that a definition in `repositories.yaml` names. */
export function driverOf(repository: RepositoryDefinition): BackupDriver {
  return drivers[repository.driver]
}

/** The repository of that name. Throws `not-there` when this host defines none. */
export async function repositoryNamed(
  local: { repository(name: string): Promise<RepositoryDefinition | null> },
  name: string,
): Promise<RepositoryDefinition> {
  const defined = await local.repository(name)
  if (defined !== null) return defined
  const text = `repositories.yaml on this host defines no repository ${name}; its administrator must add it`
  throw new ChaosError('not-there', text)
}
