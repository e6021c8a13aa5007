import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupProbe } from '../../src/probes/backup.ts'
import { definitions, localHost, seenBy } from '../fixtures/local-host.ts'
import { borg, borgRepository, contentsOf, HOUR_MS, liveFolder, prepareRestore, restore, tool } from './support.ts'

describe('a borg repository', () => {
  it('with a wrong password is reported while planning, fails the exercise, and is not changed', async () => {
    const { base, live } = await liveFolder()
    const good = await borgRepository(base, live)
    await writeFile(good.passwordFile, 'wrong\n')
    const before = await contentsOf(good.location)
    await expect(prepareRestore(good)).rejects.toMatchObject({
      code: 'backup-unusable',
      message: `The password for the borg repository ${good.location} is wrong or missing`,
    })
    const result = await restore(good)
    expect(result).toMatchObject({ ok: false, phases: ['open', 'wipe'], reason: expect.stringContaining('is wrong') })
    expect(await contentsOf(good.location)).toEqual(before)
    expect(await readdir(result.scratch)).toEqual([])
  })

  it('that is encrypted, without any password, is reported', async () => {
    const { base, live } = await liveFolder()
    const { passwordFile: _, ...repository } = await borgRepository(base, live)
    await expect(prepareRestore(repository)).rejects.toMatchObject({
      message: expect.stringContaining('wrong or missing'),
    })
  })

  it('whose password file is gone is reported with that file', async () => {
    const { base, live } = await liveFolder()
    const repository = { ...(await borgRepository(base, live)), passwordFile: join(base, 'nothing') }
    await expect(prepareRestore(repository)).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read'),
    })
  })

  it('never shows the password in an argument', async () => {
    const { base, live } = await liveFolder()
    const repository = await borgRepository(base, live)
    const calls: (readonly string[])[] = []
    const real = localHost()
    const run: typeof real.run = (argv, options) => {
      calls.push(argv)
      return real.run(argv, options)
    }
    expect(await restore(repository, {}, { host: localHost({ parts: { run } }) })).toMatchObject({ ok: true })
    expect(calls.filter(([program]) => program === 'borg').length).toBeGreaterThan(2)
    for (const argv of calls) expect(argv).not.toContain('test')
    for (const [program, , ...rest] of calls) if (program === 'borg') expect(rest[0]).toBe('--bypass-lock')
  })

  it('with a damaged segment fails the exercise and changes nothing', async () => {
    const { base, live } = await liveFolder()
    const repository = await borgRepository(base, live)
    const before = await contentsOf(live)
    for (const entry of await readdir(join(repository.location, 'data'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      await tool('dd', ['if=/dev/urandom', `of=${path}`, 'bs=1', 'seek=200', 'count=64', 'conv=notrunc', 'status=none'])
    }
    const result = await restore(repository)
    expect(result).toMatchObject({ ok: false, items: 0 })
    expect(result.reason).toMatch(/borg \w+ failed on/)
    expect(await readdir(result.scratch)).toEqual([])
    expect(await contentsOf(live)).toEqual(before)
  })

  it('passes its own check when it is sound', async () => {
    const { base, live } = await liveFolder()
    const result = await restore(await borgRepository(base, live), { check: true })
    expect(result).toMatchObject({ ok: true, phases: ['open', 'check', 'list', 'restore', 'compare', 'wipe'] })
  })

  it('without encryption needs no password', async () => {
    const { base, live } = await liveFolder()
    const location = join(base, 'open')
    await borg(base, ['init', '--encryption=none', location])
    await tool('borg', ['create', `${location}::one`, live], {
      env: { BORG_BASE_DIR: join(base, 'borg-home'), BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes' },
    })
    expect(await restore({ driver: 'borg', location, compareWith: live })).toMatchObject({ ok: true, differences: [] })
  })

  it('that lost its encryption overnight is not trusted', async () => {
    const { base, live } = await liveFolder()
    const { location, passwordFile } = await borgRepository(base, live)
    await tool('rm', ['-rf', location])
    await borg(base, ['init', '--encryption=none', location])
    const result = await restore({ driver: 'borg', location, passwordFile, compareWith: live })
    expect(result).toMatchObject({ ok: false, items: 0 })
  })

  it('that is not there, or is empty, is reported', async () => {
    const { base, live } = await liveFolder()
    const repository = await borgRepository(base, live)
    await expect(prepareRestore({ ...repository, location: join(base, 'nothing') })).rejects.toMatchObject({
      ...{ code: 'backup-unusable', message: expect.stringContaining('no borg repository at') },
    })
    const location = join(base, 'fresh')
    await borg(base, ['init', '--encryption=repokey', location])
    await expect(prepareRestore({ ...repository, location })).rejects.toMatchObject({
      message: expect.stringContaining('holds no backup at all'),
    })
  })

  it('on a host without borg is reported with the program', async () => {
    const { base, live } = await liveFolder()
    const repository = await borgRepository(base, live)
    const host = localHost({ programs: { borg: undefined } })
    expect(await restore(repository, {}, { host })).toMatchObject({
      ...{ ok: false, reason: expect.stringContaining('borg is not installed') },
    })
  })

  it('for a folder that it does not hold is reported', async () => {
    const { base, live } = await liveFolder()
    const repository = await borgRepository(base, live)
    expect(await restore(repository, { folder: join(live, 'nothing') })).toMatchObject({
      ...{ ok: false, reason: expect.stringContaining('holds nothing below') },
    })
  })

  it("takes a folder's special characters as they are, not as a pattern", async () => {
    const { base, live } = await liveFolder()
    for (const [folder, file] of Object.entries({ 'a*': 'one', ab: 'two' })) {
      await mkdir(join(live, folder))
      await writeFile(join(live, folder, file), file)
    }
    const repository = await borgRepository(base, live)
    expect(await restore(repository, { folder: join(live, 'a*') })).toMatchObject({ ok: true, items: 1 })
  })

  it('is read newest first, with the size of the newest beside the one before', async () => {
    const { base, live } = await liveFolder()
    const repository = await borgRepository(base, live)
    await writeFile(join(live, 'more.bin'), Buffer.alloc(20_000))
    await borg(base, ['create', `${repository.location}::0-second`, live])
    const local = definitions({}, { nightly: { ...repository, series: '*' } })
    const seen = await seenBy(backupProbe, { repository: 'nightly' }, { local })
    expect(seen.snapshots).toBe(2)
    expect(Number(seen.sizeBytes) - Number(seen.previousSizeBytes)).toBeGreaterThanOrEqual(20_000)
    expect(seen.ageMs).toBeLessThan(HOUR_MS)
    // Two names are two series: which of them holds the folder is seen by looking into the newest.
    expect(await prepareRestore(repository)).toEqual([
      expect.stringMatching(/^Reads the newest backup of nightly \(borg, .*, host /),
      expect.anything(),
      expect.stringContaining(`Compares it with ${live}`),
      expect.stringContaining('canary'),
    ])
  })
})
