import type { LabHost } from '../../../scripts/lab/index.ts'

/** A restic repository on a host, its password in a file that only root reads. */
export type Repository = { path: string; passwordFile: string }

/** Makes an empty repository. */
export async function makeRepository(host: LabHost, name = 'restic', password = 'lab'): Promise<Repository> {
  const repository = { path: `/var/backups/${name}`, passwordFile: `/etc/${name}-password` }
  await host.writeFile(repository.passwordFile, `${password}\n`, 0o600)
  await restic(host, repository, ['init', '--quiet'])
  return repository
}

/** Backs up folders of the host; returns the snapshot's id. */
export async function makeSnapshot(host: LabHost, repository: Repository, paths: readonly string[]): Promise<string> {
  const out = await restic(host, repository, ['backup', '--json', ...paths])
  const last = JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as { snapshot_id?: string }
  if (last.snapshot_id === undefined) throw new Error(`restic reported no snapshot id: ${out}`)
  return last.snapshot_id
}

/** Runs restic on the host and returns what it prints. */
export async function restic(host: LabHost, repository: Repository, args: readonly string[]): Promise<string> {
  const where = ['--repo', repository.path, '--password-file', repository.passwordFile]
  return (await host.exec(['restic', ...where, ...args])).stdout
}
