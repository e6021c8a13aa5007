import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { orMissing } from '../../../src/host/linux/files/durable.ts'
import { ofProcess, ofProcessNow } from '../../../src/host/linux/of-process.ts'

const NEVER = 2 ** 22 + 1

test('a process that has ended says nothing, and that is reported without an error', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  expect([await ofProcess(NEVER, 'stat'), ofProcessNow(NEVER, 'stat')]).toEqual([null, null])
  expect(await ofProcess(child.pid ?? NEVER, 'stat')).toBeNull()
})

test('a process that is there says who it is', async () => {
  expect(await ofProcess(process.pid, 'stat')).toMatch(new RegExp(`^${process.pid} \\(`))
  expect(ofProcessNow(process.pid, 'stat')).toMatch(new RegExp(`^${process.pid} \\(`))
})

test.each(['EIO', 'ENOMEM', 'EMFILE'])('what %s keeps us from seeing is never taken for gone', (code) => {
  const error = Object.assign(new Error(code), { code })
  expect(() => orMissing(error)).toThrow(code)
})

test('what is not there is missing, and so is what lies below a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-missing-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'file')
  await writeFile(file, '')
  expect(await lstat(join(folder, 'none')).catch(orMissing)).toBeNull()
  expect(await lstat(join(file, 'below')).catch(orMissing)).toBeNull()
})
