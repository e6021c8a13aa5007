import { cp, mkdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { compareTrees } from '../../src/backups/compare.ts'
import type { CompareOptions, Comparison } from '../../src/backups/comparison/comparison.ts'
import { localHost, temporaryFolder } from '../fixtures/local-host.ts'

const signal = new AbortController().signal
export const OLD = new Date(Date.now() - 10_800_000)

/** Old files, a perfect copy of them as the backup, and a clock that has gone on since. */
export async function backedUp(more: Record<string, string> = {}) {
  const base = await temporaryFolder()
  const [restored, live] = [join(base, 'restored'), join(base, 'live')]
  const files = { 'a.txt': 'first', 'b.txt': 'second', 'sub/c.txt': 'third', ...more }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(live, name, '..'), { recursive: true })
    await writeFile(join(live, name), text)
    await utimes(join(live, name), OLD, OLD)
  }
  await cp(live, restored, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  const takenMs = await later(base)
  const compare = (options: Partial<CompareOptions> = {}): Promise<Comparison> =>
    compareTrees({
      ...{ host: localHost(), restored, live, takenMs, sample: null, owners: false, access: false, signal },
      ...options,
    })
  return { base, restored, live, compare }
}

/** A moment after all that is there; the clock of a file system moves in steps. */
async function later(base: string): Promise<number> {
  const stamp = async (name: string) => {
    await writeFile(join(base, name), '')
    return (await stat(join(base, name))).ctimeMs
  }
  const first = await stamp('before')
  await eventually(async () => expect(await stamp('between')).toBeGreaterThan(first))
  const taken = await stamp('taken')
  await eventually(async () => expect(await stamp('after')).toBeGreaterThan(taken + 1))
  return taken
}

export function counts({ notCompared = [] }: Comparison): Record<string, number | null> {
  return Object.fromEntries(notCompared.flatMap(({ what, count }) => (count === null ? [] : [[what, count]])))
}
