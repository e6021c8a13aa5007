import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import type { RepositoryDefinition } from '../../src/definitions/definitions.ts'
import {
  borgRepository,
  canary,
  contentsOf,
  HOUR_MS,
  liveFolder,
  prepareRestore,
  resticRepository,
  restore,
  tool,
} from './support.ts'

type Made = { base: string; live: string; repository: RepositoryDefinition }

let shared: Promise<Made> | null = null
let sharedBorg: Promise<Made> | null = null
afterAll(async () => {
  for (const made of [await shared, await sharedBorg]) {
    if (made !== null) await rm(made.base, { recursive: true, force: true })
  }
})

async function borgMade(base?: string): Promise<Made> {
  const made = await liveFolder(base)
  return { ...made, repository: await borgRepository(made.base, made.live) }
}

async function resticMade(base?: string): Promise<Made> {
  const made = await liveFolder(base)
  return { ...made, repository: await resticRepository(made.base, made.live) }
}

/** The same files in every kind of backup. `own`: the test will change something. */
const kinds: Record<string, (own?: 'own') => Promise<Made>> = {
  async 'a folder copy'() {
    const { base, live } = await liveFolder()
    const location = join(base, 'copy')
    await tool('cp', ['-a', live, location])
    return { base, live, repository: { driver: 'folder', location, compareWith: live, canary } }
  },
  async 'a tar'() {
    const { base, live } = await liveFolder()
    const location = join(base, 'nightly.tar')
    await tool('tar', ['-cf', location, '-C', join(base, 'srv'), 'share'])
    return { base, live, repository: { driver: 'archive', location, inside: 'share', compareWith: live, canary } }
  },
  async 'a tar.gz of the folder itself'() {
    const { base, live } = await liveFolder()
    const location = join(base, 'nightly.tar.gz')
    await tool('tar', ['-czf', location, '-C', live, '.'])
    return { base, live, repository: { driver: 'archive', location, compareWith: live, canary } }
  },
  async 'a zip in a folder of archives'() {
    const { base, live } = await liveFolder()
    const location = join(base, 'archives')
    await mkdir(location)
    await rm(join(live, 'link'))
    await tool('zip', ['-qr', join(location, 'old.zip'), 'readme.txt'], { cwd: live })
    const old = new Date(Date.now() - 48 * HOUR_MS)
    await utimes(join(location, 'old.zip'), old, old)
    await tool('zip', ['-qr', join(location, 'new.zip'), '.'], { cwd: live })
    return { base, live, repository: { driver: 'archive', location, compareWith: live, canary } }
  },
  // Each call of restic costs a second of key derivation, so the tests that only read share one repository.
  async 'a restic repository'(own) {
    if (own === 'own') return resticMade()
    shared ??= mkdtemp(join(tmpdir(), 'chaos-lite-test-')).then(resticMade)
    return shared
  },
  async 'a borg repository'(own) {
    if (own === 'own') return borgMade()
    sharedBorg ??= mkdtemp(join(tmpdir(), 'chaos-lite-test-')).then(borgMade)
    return sharedBorg
  },
}

describe.each(Object.entries(kinds))('restoring from %s', (_name, make) => {
  it('brings everything back, compares it byte by byte, and leaves nothing behind', async () => {
    const { live, repository } = await make()
    const before = await contentsOf(repository.location)
    const liveBefore = await contentsOf(live)
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: true, differences: [], canary: 'returned' })
    expect(result.reason).toMatch(/6 files byte by byte; 0 differences/)
    expect(result.items).toBeGreaterThanOrEqual(8)
    expect(result.phases).toEqual(['open', 'list', 'restore', 'compare', 'wipe'])
    expect(await readdir(result.scratch)).toEqual([])
    expect(await contentsOf(live)).toEqual(liveBefore)
    expect(await contentsOf(repository.location)).toEqual(before)
  })

  it('measures the age of the newest restored file', async () => {
    const { repository } = await make()
    const { dataAgeMs } = await restore(repository)
    expect(dataAgeMs).toBeGreaterThanOrEqual(HOUR_MS)
    expect(dataAgeMs).toBeLessThan(HOUR_MS + 600_000)
  })

  it('restores one folder of it', async () => {
    const { live, repository } = await make()
    const result = await restore(repository, { folder: join(live, 'orders') })
    expect(result).toMatchObject({ ok: true, items: 2, differences: [], canary: 'not planted' })
  })

  it('reads only as many files as it was asked to', async () => {
    const { repository } = await make()
    const result = await restore(repository, { sample: 2 })
    expect(result).toMatchObject({ ok: true, reason: expect.stringContaining('2 files byte by byte') })
  })

  it('does not blame the backup for what was changed since', async () => {
    const { live, repository } = await make('own')
    await changeAfterwards(repository.location, join(live, 'readme.txt'))
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.reason).toContain('not compared: 1 rewritten since the backup')
  })

  it('is failed by a canary that was not restored', async () => {
    const { repository } = await make()
    const other = { ...repository, canary: { file: '.canary', sha256: '0'.repeat(64) } }
    expect(await restore(other)).toMatchObject({ ok: false, canary: 'missing', differences: [] })
    expect(await restore({ ...repository, canary: { ...canary, file: 'no/canary' } })).toMatchObject({
      ok: false,
      canary: 'missing',
    })
  })

  it('says beforehand what it will read, write and wipe, in the same words each time', async () => {
    const { repository } = await make()
    const sentences = await prepareRestore(repository)
    expect(sentences.join(' ')).toMatch(/The backup is not changed.*wipes that folder.*Compares it with.*canary/s)
    expect(await prepareRestore(repository)).toEqual(sentences)
  })

  it('ends when it is stopped, and wipes all the same', async () => {
    const { repository } = await make()
    const result = await restore(repository, {}, { signal: AbortSignal.abort() })
    expect(result.ok).toBe(false)
    expect(await readdir(result.scratch)).toEqual([])
  })
})

describe('a live folder that went on changing', () => {
  it('is no fault of the backup', async () => {
    const { live, repository } = await resticMade()
    await writeFile(join(live, 'readme.txt'), 'changed later')
    await writeFile(join(live, 'new.txt'), 'made later')
    await rm(join(live, 'empty.txt'))
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: true, differences: [] })
    expect(result.reason).toContain(
      'not compared: 1 rewritten since the backup, 1 made since the backup, 1 removed since the backup',
    )
  })
})

describe('a backup that does not match its source', () => {
  it('is reported file by file, at most fifty of them', async () => {
    const { base, live } = await liveFolder()
    const location = join(base, 'copy')
    await cp(live, location, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
    for (let index = 0; index < 60; index += 1) await writeFile(join(location, `extra-${index}`), 'x')
    await writeFile(join(location, 'readme.txt'), 'hullo')
    await rm(join(location, 'orders', '2026-01.csv'))
    const result = await restore({ driver: 'folder', location, compareWith: live })
    expect(result.ok).toBe(false)
    expect(result.differences).toHaveLength(50)
    expect(result.differences.at(-1)).toMatch(/^and \d+ more$/)
    const few = await restore({ driver: 'folder', location, compareWith: live }, { folder: join(live, 'orders') })
    expect(few.differences).toEqual(['"2026-01.csv" was not restored'])
  })

  it('is reported for an archive as well', async () => {
    const { base, live } = await liveFolder()
    await tool('cp', ['-a', live, join(base, 'other')])
    await writeFile(join(base, 'other', 'readme.txt'), 'hullo')
    const location = join(base, 'nightly.tar')
    await tool('tar', ['-cf', location, '-C', join(base, 'other'), '.'])
    const result = await restore({ driver: 'archive', location, compareWith: live })
    expect(result).toMatchObject({ ok: false, differences: ['"readme.txt" was restored with other bytes'] })
  })

  it('is not passed over because the live folder is gone', async () => {
    const { base, live } = await liveFolder()
    const location = join(base, 'copy')
    await rename(live, location)
    const result = await restore({ driver: 'folder', location, compareWith: live })
    expect(result).toMatchObject({
      ok: false,
      differences: [`The live folder ${live} does not exist: nothing was compared`],
    })
  })

  it('is not passed when it says that it was taken in the future', async () => {
    const { base, live } = await liveFolder()
    const location = join(base, 'nightly.tar')
    await tool('tar', ['-cf', location, '-C', live, '.'])
    const later = new Date(Date.now() + 24 * HOUR_MS)
    await utimes(location, later, later)
    const result = await restore({ driver: 'archive', location, compareWith: live })
    expect(result.ok).toBe(false)
    expect(result.differences.join()).toContain('in the future: its age is not known')
  })

  it('is no fresher than itself, whatever time one of its files carries', async () => {
    const { base, live } = await liveFolder()
    const later = new Date(Date.now() + 24 * HOUR_MS)
    await utimes(join(live, 'readme.txt'), later, later)
    const location = join(base, 'nightly.tar')
    await tool('tar', ['-cf', location, '-C', live, '.'])
    const old = new Date(Date.now() - 48 * HOUR_MS)
    await utimes(location, old, old)
    const result = await restore({ driver: 'archive', location, compareWith: live })
    expect(result.dataAgeMs).toBeGreaterThanOrEqual(48 * HOUR_MS)
  })

  it('is not passed when it is empty', async () => {
    const { base } = await liveFolder()
    await mkdir(join(base, 'empty'))
    expect(await restore({ driver: 'folder', location: join(base, 'empty') })).toMatchObject({ ok: false, items: 0 })
  })
})

describe('a backup without a live folder to compare with', () => {
  it('is counted, and the record says so', async () => {
    const { live } = await liveFolder()
    const result = await restore({ driver: 'folder', location: live })
    expect(result).toMatchObject({ ok: true, reason: expect.stringContaining('no live folder to compare with') })
  })
})

/** The clock of a file system moves in steps of some milliseconds: writes until the change is later than the backup. */
async function changeAfterwards(location: string, path: string): Promise<void> {
  const { ctimeMs } = await stat(location)
  await eventually(async () => {
    await writeFile(path, 'hullo')
    expect((await stat(path)).ctimeMs).toBeGreaterThan(ctimeMs + 1)
  })
}
