import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeReplacement } from '../../../src/replacement/replacement.ts'
import { writeRestoredList } from '../../../src/replacement/restored-list.ts'
import type { Stage } from '../support.ts'

/** A copy in the place of `/srv/data`, with the note and the list that `backup.restore` leaves beside the record. */
export async function restoreCopy(
  { root, host, context }: Pick<Stage, 'root' | 'host' | 'context'>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const copy = '/srv/data'
  await mkdir(join(root, copy))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, copy, name)), { recursive: true })
    await writeFile(join(root, copy, name), text)
  }
  const { dev, inode, birthNs } = await host.files.metadata(copy)
  const { recordFolder, signal } = context
  await writeReplacement(recordFolder, { dev, inode, birthNs })
  await writeRestoredList(host.files, copy, { recordFolder, made: { dev, inode, birthNs }, signal })
}
