import { execFileSync } from 'node:child_process'
import { chmod, lutimes, mkdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lookAgain, walk } from '../../src/backups/walk.ts'
import type { RepositoryDefinition } from '../../src/definitions/definitions.ts'
import { localHost } from '../fixtures/local-host.ts'
import { backedUp, counts, OLD } from './backed-up.ts'
import { prepareRestore, restore } from './support.ts'

const root = process.geteuid?.() === 0
const signal = new AbortController().signal

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
      `"${'Prüfung'.normalize('NFD')}/same.txt" was restored with other bytes`,
      expect.stringMatching(/^"Prüfung" was restored with another spelling: .*Unicode/),
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
    expect(found.differences).toEqual([expect.stringMatching(/^"M\\xfcller\/a.txt" was restored with \d+ bytes/)])
    expect((await compare()).items).toBe(6)
  })

  it('pipes and sockets that are not in the backup are counted, not blamed', async () => {
    const { live, compare } = await backedUp()
    execFileSync('mkfifo', [join(live, 'pipe')])
    const found = await compare({ takenMs: Date.now() + 60_000 })
    expect([found.differences, counts(found)]).toEqual([[], { special: 1 }])
  })

  it('what nobody may look at is passed over in a live folder, and the rest is seen', async () => {
    const { live } = await backedUp()
    await mkdir(join(live, 'sub', 'x'.repeat(200)))
    // A name below a path that is too long for the system cannot be looked at, not even by root.
    const seen: string[] = []
    const far = `${live}/${'/'.repeat(3_950)}`
    for await (const { path } of walk(far, { maxEntries: 99, signal, onUnreadable: (path) => seen.push(path) })) {
      expect(path).not.toContain('x'.repeat(200))
    }
    expect(seen).toEqual([expect.stringMatching(/^sub\/x+$/)])
    await expect(async () => {
      for await (const _ of walk(far, { maxEntries: 99, signal }));
    }).rejects.toThrow(/ENAMETOOLONG/)
  })

  it('what vanishes while it is looked at is passed over', async () => {
    const { live } = await backedUp()
    expect(await lookAgain(live, 'gone')).toBeNull()
    expect(await lookAgain(live, 'a.txt/gone')).toBeNull()
  })
})

describe('what the owner leaves out', () => {
  it('stands in repositories.yaml, in the plan and in the result, for the whole folder and for one in it', async () => {
    const { restored: location, live } = await backedUp({ 'sub/cache/x': 'x', '.cache/y': 'y' })
    for (const path of ['sub/cache', '.cache']) await rm(join(location, path), { recursive: true })
    const repository: RepositoryDefinition = {
      driver: 'folder',
      location,
      compareWith: live,
      excludes: ['sub/cache', '.cache'],
    }
    expect((await prepareRestore(repository)).join(' ')).toContain(
      'Excluded from the comparison by repositories.yaml: sub/cache, .cache.',
    )
    const whole = await restore(repository)
    expect(whole).toMatchObject({ ok: true, differences: [], differenceCount: 0 })
    expect(whole.notCompared).toContainEqual({ what: 'excluded', count: 2 })
    expect(whole.reason).toContain('0 differences; not compared: 2 left out by repositories.yaml')
    const one = await restore(repository, { folder: join(live, 'sub') })
    expect(one).toMatchObject({ ok: true, items: 1 })
    expect(one.notCompared).toContainEqual({ what: 'excluded', count: 1 })
  })

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
      '"a.txt" was restored without its access list',
      '"b.txt" was restored with another access list',
      '"d.txt" was restored with an access list that the live one does not have',
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
    expect(found.differences).toEqual(['"ü x\\\\y" was restored without its access list'])
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
    await lutimes(join(restored, 'link'), OLD, OLD)
    expect((await compare({ takenMs: Date.now() + 60_000 })).differences).toEqual(['"link" points elsewhere'])
    expect((await compare({ takenMs: 0 })).differences).toEqual([])
  })
})
