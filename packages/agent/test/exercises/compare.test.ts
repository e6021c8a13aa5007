import { chmod, chown, cp, mkdir, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareTrees, sha256Of } from '../../src/backups/compare.ts'
import type { CompareOptions } from '../../src/backups/comparison/comparison.ts'
import { walk } from '../../src/backups/walk.ts'
import { localHost, temporaryFolder } from '../fixtures/local-host.ts'

const root = process.geteuid?.() === 0
const signal = new AbortController().signal

/** Two equal trees. The backup counts as taken in the future, so that nothing is excused as changed since. */
async function pair(): Promise<{
  restored: string
  live: string
  compare: (more?: Partial<CompareOptions>) => ReturnType<typeof compareTrees>
}> {
  const base = await temporaryFolder()
  const [restored, live] = [join(base, 'restored'), join(base, 'live')]
  await mkdir(join(live, 'a', 'b'), { recursive: true })
  await writeFile(join(live, 'a', 'one.txt'), 'one')
  await writeFile(join(live, 'a', 'b', 'two.txt'), 'two')
  await symlink('one.txt', join(live, 'a', 'link'))
  await cp(live, restored, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  const common = { host: localHost(), restored, live, takenMs: Date.now() + 60_000, sample: null, signal }
  const rights = { owners: false, access: false }
  return { restored, live, compare: (more = {}) => compareTrees({ ...common, ...rights, ...more }) }
}

describe('comparing a restore', () => {
  it('finds two equal trees equal, and counts files, folders and links', async () => {
    const { compare } = await pair()
    expect(await compare()).toMatchObject({ items: 5, byBytes: 2, differences: [], changedSince: 0 })
  })

  it('finds bytes that differ although size and time are the same', async () => {
    const { restored, live, compare } = await pair()
    const when = new Date(1_700_000_000_000)
    await writeFile(join(restored, 'a', 'one.txt'), 'eno')
    for (const tree of [restored, live]) await utimes(join(tree, 'a', 'one.txt'), when, when)
    expect((await compare()).differences).toEqual(['"a/one.txt" was restored with other bytes'])
  })

  it('finds another size without reading', async () => {
    const { restored, compare } = await pair()
    await writeFile(join(restored, 'a', 'one.txt'), 'longer')
    expect((await compare({ sample: 1 })).differences).toEqual(['"a/one.txt" was restored with 6 bytes, not 3'])
  })

  it('finds what is missing, what is too much, and what is of another kind', async () => {
    const { restored, compare } = await pair()
    await rm(join(restored, 'a', 'b'), { recursive: true })
    await writeFile(join(restored, 'a', 'b'), 'a file now')
    await writeFile(join(restored, 'extra'), '')
    expect((await compare()).differences).toEqual([
      '"a/b" was restored as a file, not a folder',
      '"a/b/two.txt" was not restored',
      '"extra" was restored but is not in the live folder',
    ])
  })

  it('does not take the backup of another folder for one whose live folder was changed since', async () => {
    const { restored, live, compare } = await pair()
    await rm(join(restored, 'a'), { recursive: true })
    await writeFile(join(restored, 'letter.txt'), 'of another department')
    await writeFile(join(live, 'a', 'one.txt'), 'one, written after the backup')
    const { differences, byBytes } = await compare({ takenMs: 0 })
    expect(differences.join()).toContain('nothing that was restored is in the live folder')
    expect(byBytes).toBe(0)
  })

  it('excuses that every file was changed since the backup, as long as it is a backup of them', async () => {
    const { live, compare } = await pair()
    await writeFile(join(live, 'a', 'one.txt'), 'one, written after the backup')
    await writeFile(join(live, 'a', 'b', 'two.txt'), 'two, written after the backup')
    expect(await compare({ takenMs: 0 })).toMatchObject({ differences: [], changedSince: 2 })
  })

  it('finds a link that points elsewhere, and never follows one', async () => {
    const { restored, compare } = await pair()
    await unlink(join(restored, 'a', 'link'))
    await symlink('/etc/passwd', join(restored, 'a', 'link'))
    expect((await compare()).differences).toEqual(['"a/link" points elsewhere'])
  })

  it('compares mode and owner when it is asked to', async () => {
    const { restored, compare } = await pair()
    await chmod(join(restored, 'a', 'one.txt'), 0o600)
    expect((await compare()).differences).toEqual([])
    const [difference] = (await compare({ owners: true })).differences
    expect(difference).toMatch(/^"a\/one.txt" was restored with mode 0600 and owner \d+:\d+, not mode 0644/)
  })

  it.runIf(root)('sees another owner', async () => {
    const { restored, compare } = await pair()
    await chown(join(restored, 'a', 'one.txt'), 1234, 1234)
    expect((await compare({ owners: true })).differences[0]).toContain('owner 1234:1234, not mode 0644 and owner 0:0')
  })

  it('leaves the outermost folder out: a scratch folder is not the original', async () => {
    const { restored, compare } = await pair()
    await chmod(restored, 0o700)
    expect((await compare({ owners: true })).differences).toEqual([])
  })

  it('excuses only what was changed after the backup was taken', async () => {
    const { restored, compare } = await pair()
    await writeFile(join(restored, 'a', 'one.txt'), 'older')
    await rm(join(restored, 'a', 'b', 'two.txt'))
    expect(await compare({ takenMs: 1_000 })).toMatchObject({ differences: [], changedSince: 2 })
    expect(await compare()).toMatchObject({ changedSince: 0, differences: { length: 2 } })
  })

  it('draws the same sample each time', async () => {
    const { restored, live, compare } = await pair()
    for (let index = 0; index < 20; index += 1) {
      for (const tree of [restored, live]) await writeFile(join(tree, `f${String(index).padStart(2, '0')}`), 'x')
    }
    await writeFile(join(restored, 'a', 'b', 'two.txt'), 'owt')
    const first = await compare({ sample: 5 })
    expect(first.byBytes).toBe(5)
    expect(await compare({ sample: 5 })).toEqual(first)
    expect((await compare({ sample: 1000 })).byBytes).toBe(22)
  })

  it('reports the time of the newest file, and none when there is no file', async () => {
    const { restored, compare } = await pair()
    const when = new Date(4_000_000_000_000)
    await utimes(join(restored, 'a', 'one.txt'), when, when)
    expect((await compare({ live: null })).newestMs).toBe(4_000_000_000_000)
    await rm(join(restored, 'a'), { recursive: true })
    expect(await compare({ live: null })).toMatchObject({ items: 0, newestMs: null })
  })

  it('ends at its signal', async () => {
    const { compare } = await pair()
    await expect(compare({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})

describe('walking a tree', () => {
  it('is bounded', async () => {
    const folder = await temporaryFolder()
    for (let index = 0; index < 5; index += 1) await writeFile(join(folder, String(index)), '')
    const all = async (most: number) => {
      let count = 0
      for await (const _found of walk(folder, { maxEntries: most, signal })) count += 1
      return count
    }
    expect(await all(5)).toBe(6)
    await expect(all(4)).rejects.toMatchObject({ code: 'too-many' })
  })
})

describe('the digest of a file', () => {
  it('is the SHA-256 of its bytes, however many', async () => {
    const path = join(await temporaryFolder(), 'a')
    await writeFile(path, Buffer.alloc(1_000_000, 'a'))
    expect(await sha256Of(path, signal)).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0')
  })
})
