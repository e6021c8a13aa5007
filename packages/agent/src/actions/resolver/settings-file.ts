import type { Files, Metadata } from '../../host/index.ts'
import { maxFileBytes } from '../../host/index.ts'

/** Null where nothing is. Bytes are read as latin1: what is not ours stays bit by bit. */
export async function contentOf(files: Files, path: string): Promise<string | null> {
  if (!(await files.exists(path))) return null
  return (await files.read(path, maxFileBytes)).toString('latin1')
}

/** Other accounts, such as that of systemd-resolved, have to read it. */
export function readable(): Metadata {
  const none = { dev: '0', inode: '0', sizeBytes: 0, mtimeNs: '0', ctimeNs: '0', birthNs: '0', links: 1 }
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return { kind: 'file', mode: 0o644, ...own, ...none, acl: null, attributes: null, flags: null }
}
