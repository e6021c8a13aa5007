import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dropOldCopies, keepCopy, keepExecutable, ownCommand } from '../../src/program/executable.ts'

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
  expect(readdirSync(join(folder, 'bin'))).toEqual(['2.0.0', 'kept'])
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

test('the copy that was kept last has a name that the boot knows', async () => {
  const folder = place()
  const [source, bin] = [join(folder, 'installed'), join(folder, 'bin')]
  writeFileSync(source, 'version one', { mode: 0o755 })
  await keepCopy(source, bin, '1.0.0')
  expect(readFileSync(join(bin, 'kept'), 'utf8')).toBe('version one')
  // Whatever becomes of the installed program.
  writeFileSync(source, 'version two')
  await keepCopy(source, bin, '2.0.0')
  writeFileSync(source, '')
  expect(readlinkSync(join(bin, 'kept'))).toBe('2.0.0/chaos-lite-agent')
  expect(readFileSync(join(bin, 'kept'), 'utf8')).toBe('version two')
  expect(statSync(join(bin, 'kept')).mode & 0o111).toBe(0o111)
})

test('a copy of before there was that name gets it', async () => {
  const folder = place()
  const [source, bin] = [join(folder, 'installed'), join(folder, 'bin')]
  writeFileSync(source, 'version one', { mode: 0o755 })
  await keepCopy(source, bin, '1.0.0')
  rmSync(join(bin, 'kept'))
  symlinkSync('nowhere', join(bin, 'kept.new'))
  await keepCopy(source, bin, '1.0.0')
  expect(readFileSync(join(bin, 'kept'), 'utf8')).toBe('version one')
  expect(readdirSync(bin)).toEqual(['1.0.0', 'kept'])
})

test('what runs as the kept copy keeps itself, and gives it that name', async () => {
  const folder = place()
  const [source, bin] = [join(folder, 'installed'), join(folder, 'bin')]
  writeFileSync(source, 'version one', { mode: 0o755 })
  const copy = await keepCopy(source, bin, '1.0.0')
  rmSync(join(bin, 'kept'))
  expect(await keepCopy(copy, bin, '1.0.0')).toBe(copy)
  expect(readlinkSync(join(bin, 'kept'))).toBe('1.0.0/chaos-lite-agent')
})

test('a name that leads to a copy which is gone goes with it', async () => {
  const folder = place()
  const [source, bin] = [join(folder, 'installed'), join(folder, 'bin')]
  writeFileSync(source, 'version one', { mode: 0o755 })
  await keepCopy(source, bin, '1.0.0')
  await dropOldCopies(bin, '2.0.0')
  expect(readdirSync(bin)).toEqual([])
})
