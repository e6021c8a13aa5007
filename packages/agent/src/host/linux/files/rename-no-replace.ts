import { dirname } from 'node:path'
import { lstat } from '../../../small-files/index.ts'
import { run } from '../run.ts'

const timeoutMs = 15_000

/**
 * Renames `from` to `to` unless something has that name, and answers whether it did. rename(2) would silently replace an
 * empty folder or a file, and Node has no RENAME_NOREPLACE; GNU mv asks for it since 8.30. mv says only since 9.2 by its
 * exit code that it left something alone, so the result is looked at.
 */
export async function renameNoReplace(from: string, to: string): Promise<boolean> {
  const [{ dev }, target] = await Promise.all([lstat(`${dirname(from)}/.`), lstat(`${dirname(to)}/.`)])
  // mv would copy it.
  if (dev !== target.dev) throw Object.assign(new Error('EXDEV: cross-device link'), { code: 'EXDEV' })
  const before = await lstat(from, { bigint: true })
  const { code, stderr } = await run(['mv', '--no-clobber', '--no-target-directory', '--', from, to], { timeoutMs })
  const now = await lstat(to, { bigint: true }).catch(() => null)
  if (now?.ino === before.ino && now.dev === before.dev) return true
  if (now === null) throw new Error(`mv ended with code ${code}: ${stderr.trim().slice(0, 300) || 'no message'}`)
  return false
}
