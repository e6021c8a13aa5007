import { chmod, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backedUp, counts, OLD } from './backed-up.ts'

const root = process.geteuid?.() === 0

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
      expect.stringMatching(/^"a.txt" was not restored; .* older than the backup$/),
      '"b.txt" was restored with other bytes',
      '"sub/c.txt" was restored with 3 bytes, not 5',
    ])
  })

  it.runIf(root)('excuses the mode, is counted, and the bytes are compared all the same', async () => {
    const { restored, live, compare } = await backedUp()
    await chmod(join(live, 'a.txt'), 0o600)
    await chmod(join(live, 'b.txt'), 0o600)
    await writeFile(join(restored, 'b.txt'), 'SECOND')
    const found = await compare({ owners: true })
    expect(found.differences).toEqual(['"b.txt" was restored with other bytes'])
    expect(counts(found)).toEqual({ 'access-changed': 2 })
  })

  it('does not excuse that a file is missing although it is written to every day', async () => {
    const { restored, live, compare } = await backedUp()
    await rm(join(restored, 'a.txt'))
    await writeFile(join(live, 'a.txt'), 'first, and more of it')
    await writeFile(join(live, 'new.txt'), 'so that the folder is changed as well')
    const found = await compare()
    expect(found.differences).toEqual([expect.stringContaining('"a.txt" was not restored')])
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
    expect((await compare()).differences).toEqual([expect.stringContaining('"sub/a.txt" was not restored')])
  })

  it('but nothing below a folder that came back too much is excused because its folder is not there', async () => {
    const { restored, compare } = await backedUp()
    await mkdir(join(restored, 'other'))
    await writeFile(join(restored, 'other/x.txt'), 'x')
    expect((await compare()).differences).toHaveLength(2)
  })
})
