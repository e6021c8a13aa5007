import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renameNoReplace } from '../../../src/host/linux/files/rename-no-replace.ts'
import { temporaryFolder } from '../support.ts'

async function copy() {
  const folder = await temporaryFolder()
  const [from, to] = [join(folder, 'ours'), join(folder, 'place')]
  await mkdir(from)
  await writeFile(join(from, 'a'), 'a')
  return { folder, from, to }
}

describe('a rename that replaces nothing', () => {
  it('gives a folder its new name', async () => {
    const { folder, from, to } = await copy()
    expect(await renameNoReplace(from, to)).toBe(true)
    expect(await readdir(folder)).toEqual(['place'])
  })

  // rename(2) would take the place of the first one without a word.
  it.each([
    ['an empty folder', (to: string) => mkdir(to)],
    ['a file', (to: string) => writeFile(to, 'theirs')],
    ['a dangling link', (to: string) => symlink('nowhere', to)],
  ])('leaves %s that somebody made there a moment ago', async (_, make) => {
    const { folder, from, to } = await copy()
    await make(to)
    expect(await renameNoReplace(from, to)).toBe(false)
    expect((await readdir(folder)).sort()).toEqual(['ours', 'place'])
    expect(await readFile(join(from, 'a'), 'utf8')).toBe('a')
  })

  it('leaves a file in the place of a file', async () => {
    const { from, to } = await copy()
    await writeFile(to, 'theirs')
    expect(await renameNoReplace(join(from, 'a'), to)).toBe(false)
    expect(await readFile(to, 'utf8')).toBe('theirs')
  })

  it('says why where it cannot be done', async () => {
    const { from } = await copy()
    await expect(renameNoReplace(from, join(from, 'inside'))).rejects.toThrow(/mv ended with code 1/)
  })
})
