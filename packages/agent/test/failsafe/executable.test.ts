import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dropOldCopies, keepCopy, keepExecutable, ownCommand } from '../../src/failsafe/executable.ts'

const place = () => mkdtempSync(join(tmpdir(), 'chaos-lite-bin-'))

test('a development tree starts itself with Node.js alone, without a loader', () => {
  const [file, ...args] = ownCommand()
  expect(file).toBe(process.execPath)
  expect(args).toHaveLength(1)
  expect(existsSync(args[0] ?? '')).toBe(true)
  const shown = execFileSync(file, [...args, '--version'], { encoding: 'utf8' })
  expect(shown.trim()).toMatch(/^\d+\.\d+\.\d+$/)
})

test('outside a single executable there is nothing to keep', async () => {
  const folder = place()
  expect(await keepExecutable(folder, '1.0.0')).toEqual(ownCommand())
  expect(readdirSync(folder)).toEqual([])
})

test('the copy stays when the original is replaced, until the next version is kept', async () => {
  const folder = place()
  const source = join(folder, 'installed')
  writeFileSync(source, 'version one', { mode: 0o755 })
  const copy = await keepCopy(source, join(folder, 'bin'), '1.0.0')
  expect(copy).toBe(join(folder, 'bin', '1.0.0', 'chaos-lite-agent'))
  expect(statSync(copy).mode & 0o111).toBe(0o111)
  writeFileSync(source, 'version two')
  await keepCopy(source, join(folder, 'bin'), '2.0.0')
  expect(readFileSync(copy, 'utf8')).toBe('version one')
  await dropOldCopies(join(folder, 'bin'), '2.0.0')
  expect(readdirSync(join(folder, 'bin'))).toEqual(['2.0.0'])
})

test('the same executable is copied once, a changed one again', async () => {
  const folder = place()
  const source = join(folder, 'installed')
  writeFileSync(source, 'same size A')
  utimesSync(source, 1_000, 1_000)
  const copy = await keepCopy(source, join(folder, 'bin'), '1.0.0')
  const first = statSync(copy).ino
  await keepCopy(source, join(folder, 'bin'), '1.0.0')
  expect(statSync(copy).ino).toBe(first)
  writeFileSync(source, 'same size B')
  utimesSync(source, Date.now() / 1000 + 10, Date.now() / 1000 + 10)
  await keepCopy(source, join(folder, 'bin'), '1.0.0')
  expect(readFileSync(copy, 'utf8')).toBe('same size B')
})

test('a half-written copy of an earlier crash is overwritten', async () => {
  const folder = place()
  const source = join(folder, 'installed')
  writeFileSync(source, 'whole')
  mkdirSync(join(folder, 'bin', '1.0.0'), { recursive: true })
  writeFileSync(join(folder, 'bin', '1.0.0', 'chaos-lite-agent.new'), 'ha')
  expect(readFileSync(await keepCopy(source, join(folder, 'bin'), '1.0.0'), 'utf8')).toBe('whole')
})
