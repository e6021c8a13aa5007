import { execFileSync } from 'node:child_process'
import { chmod, cp, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { type CompareOptions, type Comparison, compareTrees } from '../../src/exercises/compare.ts'
import { lookAgain } from '../../src/exercises/walk.ts'
import { localHost, temporaryFolder } from '../fixtures/local-host.ts'

const root = process.geteuid?.() === 0
const signal = new AbortController().signal
const OLD = new Date(Date.now() - 10_800_000)

/** Old files, a perfect copy of them as the backup, and a clock that has gone on since. */
async function backedUp(more: Record<string, string> = {}) {
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

function counts({ notCompared = [] }: Comparison): Record<string, number | null> {
  return Object.fromEntries(notCompared.flatMap(({ what, count }) => (count === null ? [] : [[what, count]])))
}

describe('a change of modes after the backup', () => {
  it('excuses neither a file that the backup does not have, nor other bytes', async () => {
    const { restored, live, compare } = await backedUp()
    await rm(join(restored, 'a.txt'))
    await writeFile(join(restored, 'b.txt'), 'SECOND')
    await utimes(join(restored, 'b.txt'), OLD, OLD)
    await writeFile(join(restored, 'sub/c.txt'), 'thi')
    for (const name of ['a.txt', 'b.txt', 'sub/c.txt', '.', 'sub']) await chmod(join(live, name), 0o750)
    const found = await compare()
    expect(found.differences).toEqual([
      expect.stringMatching(/^"a.txt" did not come back; .* older than the backup$/),
      '"b.txt" came back with other bytes',
      '"sub/c.txt" came back with 3 bytes, not 5',
    ])
  })

  it.runIf(root)('excuses the mode, is counted, and the bytes are compared all the same', async () => {
    const { restored, live, compare } = await backedUp()
    await chmod(join(live, 'a.txt'), 0o600)
    await chmod(join(live, 'b.txt'), 0o600)
    await writeFile(join(restored, 'b.txt'), 'SECOND')
    const found = await compare({ owners: true })
    expect(found.differences).toEqual(['"b.txt" came back with other bytes'])
    expect(counts(found)).toEqual({ 'access-changed': 2 })
  })

  it('does not excuse that a file is missing although it is written to every day', async () => {
    const { restored, live, compare } = await backedUp()
    await rm(join(restored, 'a.txt'))
    await writeFile(join(live, 'a.txt'), 'first, and more of it')
    await writeFile(join(live, 'new.txt'), 'so that the folder is changed as well')
    const found = await compare()
    expect(found.differences).toEqual([expect.stringContaining('"a.txt" did not come back')])
    expect(counts(found)).toEqual({ made: 1 })
  })
})

describe('what was done after the backup is counted, and not blamed', () => {
  it('files and folders that were made, also with the times of older ones', async () => {
    const { live, compare } = await backedUp()
    await mkdir(join(live, 'new'))
    await writeFile(join(live, 'new/copied.txt'), 'x')
    await utimes(join(live, 'new/copied.txt'), OLD, OLD)
    const found = await compare()
    expect([found.differences, counts(found)]).toEqual([[], { made: 2 }])
  })

  it('files that were written, also by a new one that took the name', async () => {
    const { live, compare } = await backedUp()
    await writeFile(join(live, 'a.txt'), 'first!')
    await writeFile(join(live, '.b.new'), 'older')
    await utimes(join(live, '.b.new'), 1_000_000, 1_000_000)
    await rename(join(live, '.b.new'), join(live, 'b.txt'))
    const found = await compare()
    expect([found.differences, counts(found)]).toEqual([[], { rewritten: 2 }])
  })

  it('files and whole folders that were removed', async () => {
    const { live, compare } = await backedUp()
    await rm(join(live, 'a.txt'))
    await rm(join(live, 'sub'), { recursive: true })
    const found = await compare()
    expect([found.differences, counts(found)]).toEqual([[], { removed: 3 }])
  })

  it('files that were renamed, and folders that were moved with all that is in them', async () => {
    const { live, compare } = await backedUp({ 'sub/deep/d.txt': 'fourth' })
    await mkdir(join(live, 'archive'))
    await rename(join(live, 'sub'), join(live, 'archive/sub'))
    await rename(join(live, 'a.txt'), join(live, 'z.txt'))
    const found = await compare()
    expect(found.differences).toEqual([])
    expect(counts(found)).toMatchObject({ moved: 5, made: 1 })
  })

  it('logs that were rotated: each has the name that another one had', async () => {
    const { live, compare } = await backedUp({ log: 'line 1', 'log.1': 'yesterday', 'log.2': 'the day before' })
    await rename(join(live, 'log.2'), join(live, 'log.3'))
    await rename(join(live, 'log.1'), join(live, 'log.2'))
    await writeFile(join(live, 'log'), 'line 1, line 2')
    await rename(join(live, 'log'), join(live, 'log.1'))
    await writeFile(join(live, 'log'), '')
    const found = await compare()
    expect(found.differences).toEqual([])
  })

  it('but a second copy of a file that is still there does not stand for one that was lost', async () => {
    const { restored, live, compare } = await backedUp({ 'sub/a.txt': 'first' })
    await rm(join(restored, 'sub/a.txt'))
    await chmod(join(live, 'sub/a.txt'), 0o600)
    await writeFile(join(live, 'sub/new.txt'), 'x')
    expect((await compare()).differences).toEqual([expect.stringContaining('"sub/a.txt" did not come back')])
  })

  it('but nothing below a folder that came back too much is excused because its folder is not there', async () => {
    const { restored, compare } = await backedUp()
    await mkdir(join(restored, 'other'))
    await writeFile(join(restored, 'other/x.txt'), 'x')
    expect((await compare()).differences).toHaveLength(2)
  })
})

describe('names and things that are odd', () => {
  it('a name in another spelling is one difference, and what it names is compared', async () => {
    const { restored, live, compare } = await backedUp()
    for (const [tree, name, text] of [
      [live, 'Prüfung'.normalize('NFC'), 'x'],
      [restored, 'Prüfung'.normalize('NFD'), 'y'],
    ] as const) {
      await mkdir(join(tree, name))
      await writeFile(join(tree, name, 'same.txt'), text)
      await utimes(join(tree, name, 'same.txt'), OLD, OLD)
    }
    const { differences } = await compare({ takenMs: Date.now() + 60_000 })
    expect(differences).toEqual([
      `"${'Prüfung'.normalize('NFD')}/same.txt" came back with other bytes`,
      expect.stringMatching(/^"Prüfung" came back spelled otherwise: .*Unicode/),
    ])
  })

  it('a name that is no UTF-8 is read, compared, and written out in sentences', async () => {
    const { restored, live, compare } = await backedUp()
    const at = (tree: string, name: string) => Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(name, 'latin1')])
    for (const tree of [restored, live]) {
      await mkdir(at(tree, 'M\xfcller'))
      await writeFile(at(tree, 'M\xfcller/a.txt'), tree)
    }
    const found = await compare({ takenMs: Date.now() + 60_000 })
    expect(found.items).toBe(6)
    expect(found.differences).toEqual([expect.stringMatching(/^"M\\xfcller\/a.txt" came back with \d+ bytes/)])
    expect((await compare()).items).toBe(6)
  })

  it('pipes and sockets that are not in the backup are counted, not blamed', async () => {
    const { live, compare } = await backedUp()
    execFileSync('mkfifo', [join(live, 'pipe')])
    const found = await compare({ takenMs: Date.now() + 60_000 })
    expect([found.differences, counts(found)]).toEqual([[], { special: 1 }])
  })

  it('what vanishes while it is looked at is passed over', async () => {
    const { live } = await backedUp()
    expect(await lookAgain(live, 'gone')).toBeNull()
    expect(await lookAgain(live, 'a.txt/gone')).toBeNull()
  })
})

describe('what the owner leaves out', () => {
  const all = { patterns: [] as string[], caches: false, below: '.' }

  it('by names at any depth and by paths, with all below them, in both trees', async () => {
    const { restored, compare } = await backedUp({ 'lost+found/x': '', 'sub/t.tmp': '', 'web/cache/y': 'y' })
    for (const path of ['lost+found', 'sub/t.tmp', 'web/cache/y']) await rm(join(restored, path), { recursive: true })
    await writeFile(join(restored, 'sub/u.tmp'), 'only in the backup')
    expect((await compare()).differences).toHaveLength(5)
    const found = await compare({ excludes: { ...all, patterns: ['lost+found/', '*.tmp', '/web/cache/*'] } })
    expect([found.differences, counts(found)]).toEqual([[], { excluded: 4 }])
    // A pattern with a slash begins at the top.
    expect((await compare({ excludes: { ...all, patterns: ['cache/y'] } })).differences).toHaveLength(5)
    const below = { patterns: ['top/web/cache', 'top/sub', '**/lost+found'], caches: false, below: 'top' }
    expect((await compare({ excludes: below })).differences).toEqual([])
  })

  it('caches with a valid mark, only when the owner says so', async () => {
    const tag = 'Signature: 8a477f597d28d172789f06886806bc55'
    const files = { 'cache/CACHEDIR.TAG': `${tag}\n# more`, 'cache/deep/x': 'x', 'no/CACHEDIR.TAG': 'Signature: none' }
    const { restored, compare } = await backedUp(files)
    await rm(join(restored, 'cache'), { recursive: true })
    expect((await compare()).differences).toHaveLength(4)
    const found = await compare({ excludes: { ...all, caches: true } })
    expect([found.differences, counts(found)]).toEqual([[], { excluded: 1 }])
    await rm(join(restored, 'no'), { recursive: true })
    expect((await compare({ excludes: { ...all, caches: true } })).differences).toHaveLength(2)
  })
})

describe.runIf(root)('access lists and file capabilities', () => {
  it('that were lost, changed or added are differences; equal ones are none', async () => {
    const { restored, live, compare } = await backedUp({ 'd.txt': 'fourth' })
    const grant = (path: string, rule: string) => execFileSync('setfacl', ['-m', rule, path])
    for (const tree of [restored, live]) grant(join(tree, 'sub/c.txt'), 'u:1234:r')
    grant(join(live, 'a.txt'), 'g:65534:rw')
    await chmod(join(restored, 'a.txt'), (await stat(join(live, 'a.txt'))).mode & 0o777)
    grant(join(live, 'b.txt'), 'u:1234:r')
    grant(join(restored, 'b.txt'), 'u:1235:r')
    grant(join(restored, 'd.txt'), 'u:1235:r')
    const late = { takenMs: Date.now() + 60_000, owners: true }
    expect((await compare({ ...late, access: true })).differences).toEqual([
      '"a.txt" came back without its access list',
      '"b.txt" came back with another access list',
      '"d.txt" came back with an access list that the live one does not have',
    ])
    const { differences, notCompared } = await compare(late)
    expect(differences).toEqual([])
    expect(notCompared).toContainEqual({ what: 'access', count: null })
  })

  it('are said to be not compared where no program reads them', async () => {
    const { live, compare } = await backedUp()
    execFileSync('setfacl', ['-m', 'g:65534:rw', join(live, 'a.txt')])
    const host = localHost({ programs: { getfattr: undefined, getfacl: undefined } })
    const { notCompared } = await compare({ host, owners: true, access: true })
    expect(notCompared).toContainEqual({ what: 'access', count: null })
  })

  it('of one file are read by getfacl alone as by getfattr', async () => {
    const { live, compare } = await backedUp({ 'ü x\\y': 'odd' })
    execFileSync('setfacl', ['-m', 'g:65534:r', join(live, 'ü x\\y')])
    const host = localHost({ programs: { getfattr: undefined } })
    const found = await compare({ host, owners: true, access: true, takenMs: Date.now() + 60_000 })
    expect(found.differences).toEqual(['"ü x\\\\y" came back without its access list'])
    expect(found.notCompared).toContainEqual({ what: 'capabilities', count: null })
  })
})

describe('whatever is not compared', () => {
  it('is stated, with counts where there are some', async () => {
    const { compare } = await backedUp()
    expect((await compare({ sample: 1 })).notCompared).toEqual([
      { what: 'sample', count: 2 },
      { what: 'owners', count: null },
      { what: 'attributes', count: null },
    ])
    expect((await compare({ live: null })).notCompared).toEqual([{ what: 'no-live', count: 4 }])
  })

  it('holds for links as for files', async () => {
    const { restored, live, compare } = await backedUp()
    await symlink('a.txt', join(live, 'link'))
    await symlink('b.txt', join(restored, 'link'))
    expect((await compare({ takenMs: Date.now() + 60_000 })).differences).toEqual(['"link" points elsewhere'])
    expect((await compare({ takenMs: 0 })).differences).toEqual([])
  })
})
