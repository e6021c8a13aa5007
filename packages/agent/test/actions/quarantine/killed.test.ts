import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataQuarantine } from '../../../src/actions/quarantine/folder.ts'
import type { QuarantineUndo } from '../../../src/actions/quarantine/quarantine-undo.ts'
import { Crash, dyingFiles, manifest } from '../../host/support.ts'
import { inject, stage } from '../support.ts'
import { restoreCopy } from './support.ts'

describe('a copy that was restored in the place of the folder', () => {
  it.each([true, false])(
    'is lost at no step at which the revert may be killed (people worked in it: %s)',
    {
      timeout: 300_000,
    },
    async (work) => {
      for (let at = 1, died = true; died; at += 1) {
        for (const when of ['before', 'after'] as const) {
          const scene = await stage({ 'srv/data/a.txt': 'a', 'srv/data/deep/b.txt': 'b' })
          const { root, host, context } = scene
          const before = await manifest(root)
          // Who uses the copy is asked in a test of its own, and takes long where much runs.
          const files = { ...host.files, treeUsers: async () => [] }
          const failure = await inject(dataQuarantine, context, { folder: '/srv/data' })
          await restoreCopy(scene, { 'a.txt': 'restored', 'deep/b.txt': 'restored' })
          if (work) await writeFile(join(root, 'srv/data/mine.txt'), 'mine')
          const dying = dyingFiles(files, at, when).files
          died = await dies(() => dataQuarantine.revert({ ...context, host: { ...host, files: dying } }, failure.undo))
          const reverted = await dataQuarantine.revert({ ...context, host: { ...host, files } }, failure.undo)
          const story = `dies ${when} step ${at}: ${reverted.kept.join(' ')}`
          expect(reverted.restoration, story).toBe(work ? 'ours undone' : 'identical')
          const kept = join(root, (failure.undo as QuarantineUndo).keptAs)
          if (work) expect(await readFile(join(kept, 'mine.txt'), 'utf8'), story).toBe('mine')
          else expect(await manifest(root), story).toEqual(before)
        }
      }
    },
  )
})

async function dies(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof Crash) return true
    throw error
  }
}
