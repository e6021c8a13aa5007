import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupRestore } from '../../src/exercises/backup-restore.ts'
import { backupProbe } from '../../src/probes/backup.ts'
import { judge } from '../../src/probes/judge.ts'
import { definitions, localHost, lookOnce, seenBy, temporaryFolder } from '../fixtures/local-host.ts'
import { contentsOf, HOUR_MS, liveFolder, prepareRestore, resticRepository, restore, tool } from './support.ts'

describe('a restic repository that cannot be used', () => {
  it('with a wrong password is reported while planning, and fails the exercise', async () => {
    const { base, live } = await liveFolder()
    const good = await resticRepository(base, live)
    await writeFile(good.passwordFile, 'wrong\n')
    const before = await contentsOf(good.location)
    await expect(prepareRestore(good)).rejects.toMatchObject({
      code: 'backup-unusable',
      message: `The password for the restic repository ${good.location} is wrong`,
    })
    const result = await restore(good)
    expect(result).toMatchObject({ ok: false, phases: ['open', 'wipe'], reason: expect.stringContaining('is wrong') })
    expect(await contentsOf(good.location)).toEqual(before)
    expect(await readdir(result.scratch)).toEqual([])
  })

  it('with a damaged pack fails the exercise and changes nothing', async () => {
    const { base, live } = await liveFolder()
    const repository = await resticRepository(base, live)
    const before = await contentsOf(live)
    for (const entry of await readdir(join(repository.location, 'data'), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile()) continue
      await tool('chmod', ['u+w', path])
      await tool('dd', ['if=/dev/urandom', `of=${path}`, 'bs=1', 'count=64', 'conv=notrunc', 'status=none'])
    }
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: false, items: 0 })
    expect(result.reason).toMatch(/restic \w+ failed on/)
    expect(await readdir(result.scratch)).toEqual([])
    expect(await contentsOf(live)).toEqual(before)
  })

  it('passes its own check when it is sound', async () => {
    const { base, live } = await liveFolder()
    const result = await restore(await resticRepository(base, live), { check: true })
    expect(result).toMatchObject({ ok: true, phases: ['open', 'check', 'list', 'restore', 'compare', 'wipe'] })
  })

  it('whose place has a password in it shows that to no other account of the host, and reveals it to nobody', async () => {
    const { base, live } = await liveFolder()
    const location = `rest:http://drill:s3cret@127.0.0.1:1/${base}`
    const repository = { ...(await resticRepository(base, live)), location }
    const real = localHost()
    const seen: string[] = []
    const run: typeof real.run = async (argv, options) => {
      seen.push(argv.join(' '))
      expect(options.env?.RESTIC_REPOSITORY).toBe(location)
      const stderr = `Fatal: unable to open config file at ${location}: connection refused`
      return { code: 1, signal: null, stdout: '', stderr }
    }
    const result = await restore(repository, {}, { host: { ...real, run } })
    expect(result.reason).toContain('There is no restic repository at rest:http://…@127.0.0.1:1/')
    expect(`${result.reason}${seen.join()}`).not.toContain('s3cret')
  })

  it('that is not there is reported', async () => {
    const { base, live } = await liveFolder()
    const repository = { ...(await resticRepository(base, live)), location: join(base, 'nothing') }
    await expect(prepareRestore(repository)).rejects.toMatchObject({
      code: 'backup-unusable',
      message: expect.stringContaining('no restic repository at'),
    })
  })

  it('on a host without restic is reported with the program', async () => {
    const { base, live } = await liveFolder()
    const repository = await resticRepository(base, live)
    const host = localHost({ programs: { restic: undefined } })
    const result = await restore(repository, {}, { host })
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('restic is not installed') })
  })

  it('for a folder that it does not hold is reported', async () => {
    const { base, live } = await liveFolder()
    const repository = await resticRepository(base, live)
    expect(await restore(repository, { folder: join(live, 'nothing') })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('holds nothing below'),
    })
    await expect(prepareRestore(repository, { folder: '/srv/elsewhere' })).rejects.toMatchObject({
      code: 'param-invalid',
    })
  })

  it("takes a folder's special characters as they are, not as a pattern", async () => {
    const { base, live } = await liveFolder()
    await tool('mkdir', [join(live, 'a*'), join(live, 'ab')])
    await writeFile(join(live, 'a*', 'one'), '1')
    await writeFile(join(live, 'ab', 'two'), '2')
    const repository = await resticRepository(base, live)
    expect(await restore(repository, { folder: join(live, 'a*') })).toMatchObject({ ok: true, items: 1 })
  })
})

describe('a repository', () => {
  it('that this host does not define is refused', async () => {
    await expect(prepareRestore(null)).rejects.toMatchObject({
      code: 'not-there',
      message: expect.stringContaining('repositories.yaml'),
    })
  })

  it('without any backup is refused', async () => {
    const folder = await temporaryFolder()
    await expect(prepareRestore({ driver: 'archive', location: folder })).rejects.toMatchObject({
      code: 'backup-unusable',
    })
  })

  it('whose place cannot be read is refused', async () => {
    for (const driver of ['archive', 'folder'] as const) {
      await expect(prepareRestore({ driver, location: '/nowhere/at/all' })).rejects.toMatchObject({
        code: 'backup-unusable',
      })
    }
  })

  it('is asked for in the policy, together with the folder', () => {
    expect(backupRestore.asks({ repository: 'nightly' })).toEqual([{ kind: 'repository', value: 'nightly' }])
    expect(backupRestore.asks({ repository: 'nightly', folder: '/srv/share' })).toHaveLength(2)
  })

  it('can never be a location sent over the wire', () => {
    for (const repository of ['/srv/backup', 's3:bucket', '../x', '', 'a b']) {
      expect(backupRestore.params.safeParse({ repository }).success).toBe(false)
    }
  })
})

describe('a restore that would fill the disk', () => {
  it('is refused before anything is written', async () => {
    const { live } = await liveFolder()
    const real = localHost()
    const host = { ...real, files: { ...real.files, freeBytes: async () => 256 * 1024 * 1024 + 100 } }
    for (const driver of ['folder'] as const) {
      const result = await restore({ driver, location: live }, {}, { host })
      expect(result).toMatchObject({
        ok: false,
        phases: ['open', 'list', 'wipe'],
        reason: expect.stringContaining('free some space'),
      })
      expect(await readdir(result.scratch)).toEqual([])
    }
  })
})

describe('the backup probe', () => {
  it('compares the newest backup with the one before', async () => {
    const { base, live } = await liveFolder()
    const repository = await resticRepository(base, live)
    await writeFile(join(live, 'more.bin'), Buffer.alloc(20_000))
    await tool('restic', [
      'backup',
      '--repo',
      repository.location,
      '--password-file',
      repository.passwordFile,
      '--no-cache',
      '-q',
      live,
    ])
    const local = definitions({}, { nightly: repository })
    const seen = await seenBy(backupProbe, { repository: 'nightly' }, { local })
    expect(seen.snapshots).toBe(2)
    expect(Number(seen.sizeBytes) - Number(seen.previousSizeBytes)).toBe(20_000)
    expect(seen.sizePercent).toBeGreaterThan(100)
    expect(seen.ageMs).toBeLessThan(HOUR_MS)
  })

  it('reads a folder copy and archives as well', async () => {
    const { base, live } = await liveFolder()
    await tool('tar', ['-cf', join(base, 'a.tar'), '-C', live, '.'])
    const local = definitions(
      {},
      { copy: { driver: 'folder', location: live }, tar: { driver: 'archive', location: join(base, 'a.tar') } },
    )
    expect(await seenBy(backupProbe, { repository: 'copy' }, { local })).toMatchObject({
      snapshots: 1,
      previousSizeBytes: null,
    })
    expect(await seenBy(backupProbe, { repository: 'tar' }, { local })).toMatchObject({
      snapshots: 1,
      sizePercent: null,
    })
  })

  it('does not take a backup that says it was taken in the future for a fresh one', async () => {
    const { base, live } = await liveFolder()
    const location = join(base, 'a.tar')
    await tool('tar', ['-cf', location, '-C', live, '.'])
    const later = new Date(Date.now() + 24 * HOUR_MS)
    await utimes(location, later, later)
    const local = definitions({}, { nightly: { driver: 'archive', location } })
    expect(await lookOnce(backupProbe, { repository: 'nightly' }, { local })).toMatchObject({
      evaluated: false,
      message: expect.stringContaining('in the future'),
    })
  })

  it('is down when there is no backup at all, and not evaluated when nobody can look', async () => {
    const local = definitions(
      {},
      {
        empty: { driver: 'archive', location: await temporaryFolder() },
        gone: { driver: 'archive', location: '/nowhere' },
      },
    )
    const empty = await lookOnce(backupProbe, { repository: 'empty' }, { local })
    expect(judge(empty, backupProbe.expect({ repository: 'empty' })).status).toBe('down')
    expect(await lookOnce(backupProbe, { repository: 'gone' }, { local })).toMatchObject({ evaluated: false })
    expect(await lookOnce(backupProbe, { repository: 'unknown' }, { local })).toMatchObject({ evaluated: false })
  })
})
