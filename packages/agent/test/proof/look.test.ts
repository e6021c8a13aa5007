import { appendFile, chmod, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { simulatedHost } from '../../src/host/simulated/index.ts'
import { differences, lookAt } from '../../src/proof/look.ts'
import { plant, temporaryFolder } from '../host/support.ts'

describe('looking at the hosts file', () => {
  let root: string
  const look = () => lookAt(simulatedHost({ root }))

  beforeEach(async () => {
    root = await temporaryFolder()
    await plant(root, { 'etc/hosts': '127.0.0.1 localhost\n', 'etc/other': 'x' })
  })

  it('finds no difference where nothing was done', async () => {
    expect(differences(await look(), await look())).toEqual([])
  })

  it.each([
    ['bytes', (file: string) => appendFile(file, '#'), /SHA-256 was/],
    ['the mode', (file: string) => chmod(file, 0o600), /mode was 0644, is 0600/],
    ['the time', (file: string) => utimes(file, 1, 1), /modified \(ns\) was .*, is 1000000000/],
    ['a file left beside it', (file: string) => writeFile(`${file}.tmp`, ''), /names in it was 2, .* is 3/],
  ])('sees a change of %s', async (_, change, said) => {
    const before = await look()
    await change(join(root, 'etc/hosts'))
    expect(differences(before, await look()).join('\n')).toMatch(said)
  })

  it('names what is missing on either side', () => {
    expect(differences({ a: '1' }, { b: '2' })).toEqual(['a was 1, is absent', 'b was absent, is 2'])
  })
})
