import { mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askAside } from '../../src/policy-file/quiet-place.ts'

test('a thread aside says where a path leads, and what is not there', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chaos-lite-place-')))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('file', join(folder, 'link'))
  for (let round = 0; round < 3; round += 1) {
    expect(askAside('real', join(folder, 'link'))).toBe(join(folder, 'file'))
    expect(askAside('there', join(folder, 'link'))).toBe('')
    expect(() => askAside('real', join(folder, 'nowhere'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  }
})
