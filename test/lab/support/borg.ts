import type { LabHost } from '../../../scripts/lab/index.ts'

/** Makes an unencrypted borg repository on the host and returns its path. */
export async function makeBorgRepository(host: LabHost, name = 'borg'): Promise<string> {
  const path = `/var/backups/${name}`
  await borg(host, ['init', '--encryption=none', path])
  return path
}

/** Backs up folders of the host into an archive of the given name. */
export async function makeArchive(
  host: LabHost,
  path: string,
  archive: string,
  folders: readonly string[],
): Promise<void> {
  await borg(host, ['create', `${path}::${archive}`, ...folders])
}

/** Runs borg on the host and returns what it prints. */
export async function borg(host: LabHost, args: readonly string[]): Promise<string> {
  const env = { BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' }
  return (await host.exec(['borg', ...args], { env })).stdout
}
