import { chmod, link, mkdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupFiles } from '../../src/backups/drivers/backup-files.ts'
import { backupProbe } from '../../src/probes/backup.ts'
import { definitions, localHost, seenBy, temporaryFolder } from '../fixtures/local-host.ts'
import { isRoot } from '../host/support.ts'
import { HOUR_MS, liveFolder, prepareRestore, restore, tool } from './support.ts'

/** Runs a line of a shell with the live folder as `$1` and what is to be written as `$2`. */
async function pack(live: string, location: string, line: string): Promise<string> {
  await tool('sh', ['-ec', line, 'sh', live, location])
  return location
}

const TAR = 'tar -C "$1" -cf "$2" .'

/** What people's folders and programs bring about; each must be restored, and be the same as the live folder. */
const legal: [note: string, make: (live: string) => Promise<unknown>, pack: string, items?: number][] = [
  [
    'a share that a group writes to',
    (live) => tool('sh', ['-c', `cd ${live}; chmod -R g+w .; chmod 2775 orders`]),
    TAR,
  ],
  ['a named pipe', (live) => tool('mkfifo', [join(live, 'feed')]), TAR],
  ['an absolute link', (live) => symlink('/srv/releases/42', join(live, 'current')), TAR],
  ['a link that climbs out', (live) => symlink('../../etc', join(live, 'etc')), TAR],
  ['a name that is no UTF-8', (live) => tool('sh', ['-c', `printf x > ${live}/M$(printf '\\374')ller`]), TAR],
  ['a name with a line break', (live) => writeFile(join(live, 'a\nb -> c'), 'x'), TAR],
  ['a name with a backslash', (live) => writeFile(join(live, 'dev\\x2ddisk.swap'), 'x'), TAR],
  ['names of drives and dots', (live) => writeFile(join(live, 'C:...'), 'x'), TAR],
  ['two names of one file', (live) => link(join(live, 'readme.txt'), join(live, 'again')), TAR],
  ['old sparse members', sparse, 'tar -S --format=gnu -C "$1" -cf "$2" .'],
  ['new sparse members', sparse, 'tar -S --format=posix -C "$1" -cf "$2" .'],
  ['the oldest headers', async () => undefined, 'tar --format=v7 -C "$1" -cf "$2" .'],
  ['a long name in POSIX form', longName, 'tar --format=posix -C "$1" -cf "$2" .'],
  ['a long name in GNU form', longName, 'tar --format=gnu -C "$1" -cf "$2" .'],
  ['a label', async () => undefined, 'tar --label=nightly -C "$1" -cf "$2" .'],
  ['deep folders', (live) => mkdir(join(live, 'd/'.repeat(100)), { recursive: true }), TAR],
  ['no folders of its own', async () => undefined, 'cd "$1"; find . ! -type d -print0 | tar --null -T - -cf "$2"'],
  ['a name twice, the last one right', async () => undefined, `cd "$1"; ${TWICE()}`],
  ['one gzip', async () => undefined, 'tar -C "$1" -czf "$2" .'],
  [
    'a gzip of several members',
    async () => undefined,
    'tar -C "$1" -cf "$2.all" .; split -b 4000 "$2.all" "$2."; rm "$2.all"; for each in "$2".*; do gzip -c "$each"; done > "$2"; rm "$2".*',
  ],
  ['xz', async () => undefined, 'tar -C "$1" -cJf "$2" .'],
  ['zstd', async () => undefined, 'tar -C "$1" --zstd -cf "$2" .'],
  ['bzip2', async () => undefined, 'tar -C "$1" -cjf "$2" .'],
  ['lz4', async () => undefined, 'tar -C "$1" -c . | lz4 -q > "$2"'],
]

function TWICE(): string {
  return 'echo wrong > readme.tmp; tar --transform=s/tmp/txt/ -cf "$2" readme.tmp; rm readme.tmp; tar -rf "$2" .'
}

async function sparse(live: string): Promise<void> {
  await writeFile(join(live, 'disk.img'), 'begins')
  await truncate(join(live, 'disk.img'), 4_000_000)
  await tool('sh', ['-c', `printf ends >> ${live}/disk.img`])
}

async function longName(live: string): Promise<void> {
  const folder = join(live, 'folder '.repeat(20), 'ü'.repeat(100))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'n'.repeat(200)), 'x')
}

describe.runIf(isRoot)('a tar with', () => {
  it.each(legal)('%s is restored as it is', async (_note, make, line) => {
    const { base, live } = await liveFolder()
    await make(live)
    // Its name says nothing of how it is packed.
    const location = await pack(live, join(base, 'nightly.tar'), line)
    const result = await restore({ driver: 'archive', location, compareWith: live })
    expect(result, result.reason ?? '').toMatchObject({ ok: true, differences: [] })
    const all = await tool('find', [live, '-mindepth', '1', '-printf', '.'])
    expect(result.items).toBe(all.length)
  })

  it('absolute names is restored below the scratch folder', async () => {
    const { base, live } = await liveFolder()
    const location = await pack(live, join(base, 'all.tar'), 'tar -P -cf "$2" "$1"')
    const repository = { driver: 'archive', location, compareWith: live, inside: live } as const
    expect(await restore(repository)).toMatchObject({ ok: true, items: 9, differences: [] })
    const part = await restore(repository, { folder: join(live, 'orders') })
    expect(part).toMatchObject({ ok: true, items: 2, differences: [] })
  })

  it('a second name of a file outside of the folder gives that file its bytes', async () => {
    const { base, live } = await liveFolder()
    await link(join(live, 'readme.txt'), join(live, 'orders', 'z'))
    const location = await pack(live, join(base, 'a.tar'), 'cd "$1"; tar -cf "$2" ./readme.txt ./orders')
    const result = await restore({ driver: 'archive', location, compareWith: live }, { folder: join(live, 'orders') })
    expect(result).toMatchObject({ ok: true, items: 3, differences: [] })
  })

  it('a folder of whatever name restores that folder and nothing else', async () => {
    const { base, live } = await liveFolder()
    for (const name of ['a*', 'ab', '-C', 'n\\n', 'ü ']) {
      await mkdir(join(live, name))
      await writeFile(join(live, name, 'one'), name)
    }
    const location = await pack(live, join(base, 'a.tar'), TAR)
    for (const name of ['a*', '-C', 'n\\n', 'ü ']) {
      const result = await restore({ driver: 'archive', location, compareWith: live }, { folder: join(live, name) })
      expect(result, name).toMatchObject({ ok: true, items: 1, differences: [] })
    }
  })
})

describe('a program that an archive needs', () => {
  it.each([
    ['tar', 'tar'],
    ['xz', 'xz-utils'],
  ])('%s, is named with its package where it is missing, also while planning', async (program, name) => {
    const { base, live } = await liveFolder()
    const location = await pack(live, join(base, 'a.tar'), 'tar -C "$1" -cJf "$2" .')
    const host = localHost({ programs: { [program]: undefined } })
    const repository = { driver: 'archive', location, compareWith: live } as const
    const sentence = `${program}, which this archive is read by, is not installed on this host: install the package ${name}`
    expect(await restore(repository, {}, { host })).toMatchObject({ ok: false, reason: sentence })
    await expect(prepareRestore(repository, {}, host)).rejects.toMatchObject({
      code: 'capability-missing',
      message: sentence,
    })
  })
})

/** Two archives in a folder: `old` of three weeks ago holds what is there no more. */
async function collected(newName: string, line: string) {
  const { base, live } = await liveFolder()
  const location = join(base, 'archives')
  await mkdir(location)
  await writeFile(join(live, 'gone'), 'x')
  const old = await pack(live, join(location, 'old.tar.gz'), 'tar -C "$1" -czf "$2" .; rm "$1/gone"')
  const then = new Date(Date.now() - 21 * 24 * HOUR_MS)
  await utimes(old, then, then)
  await pack(live, join(location, newName), line)
  return { location, repository: { driver: 'archive', location, compareWith: live } as const }
}

describe('of a folder of archives', () => {
  it.each([
    ['new.tar.xz', 'tar -C "$1" -cJf "$2" .'],
    ['new.tzst', 'tar -C "$1" --zstd -cf "$2" .'],
    ['nightly-2026-11-30', 'tar -C "$1" -cjf "$2" .'],
    ['nightly.tar.gz.1', 'tar -C "$1" -czf "$2" .'],
    ['nightly.backup', TAR],
    ['nightly.zip.1', 'cd "$1"; zip -qry - . > "$2"'],
  ])('the newest is taken: %s', async (name, line) => {
    const { repository } = await collected(name, line)
    const result = await restore(repository)
    expect(result.differences).toEqual([])
    expect(result).toMatchObject({
      ok: true,
      reason: expect.stringContaining(`of ${new Date().toISOString().slice(0, 10)}`),
    })
    const local = definitions({}, { nightly: repository })
    expect(await seenBy(backupProbe, { repository: 'nightly' }, { local })).toMatchObject({ snapshots: 2 })
  })

  it.each([
    ['new.tar.gz.gpg', 'head -c 3000 /dev/urandom > "$2"'],
    ['new.7z', 'printf \'7z\\274\\257\\047\\034xxxxxxxxxxxx\' > "$2"'],
    ['new.tar.br', 'head -c 3000 /dev/urandom > "$2"'],
    ['new.tar.gz', ': > "$2"'],
    ['new.zip', 'head -c 3000 /dev/urandom > "$2"'],
  ])('the newest fails and is named where it cannot be read: %s', async (name, line) => {
    const { repository } = await collected(name, line)
    expect(await restore(repository)).toMatchObject({ ok: false, reason: expect.stringContaining(name) })
  })

  it.each([
    ['new.tar.gz.sha256', 'echo sum > "$2"'],
    ['.new.tar.gz.Xy12Z', 'tar -C "$1" -czf "$2" .'],
    ['new.tar.gz.part', 'tar -C "$1" -czf "$2" .'],
    ['erp.sql.gz', 'echo "select 1" | gzip > "$2"'],
    ['letter.docx', 'cd "$1"; zip -qry - . > "$2"'],
  ])('what is beside it is no backup: %s', async (name, line) => {
    const { repository } = await collected(name, line)
    const old = new Date(Date.now() - 21 * 24 * HOUR_MS).toISOString().slice(0, 10)
    expect(await restore(repository)).toMatchObject({ reason: expect.stringContaining(`Backup of ${old}`) })
  })
})

describe('of a folder of dumps', () => {
  const magic = 'SQLite format 3\0'

  it.each([
    ['new.db.gz', true],
    ['new.db.gpg', true],
    ['application.log.gz', false],
  ])('a newer one that is packed is not passed over: %s', async (name, refused) => {
    const folder = await temporaryFolder()
    const then = new Date(Date.now() - 24 * HOUR_MS)
    await writeFile(join(folder, 'old.db'), magic)
    await utimes(join(folder, 'old.db'), then, then)
    await writeFile(join(folder, name), 'packed')
    const found = backupFiles(folder, { magic, not: 'no database' }, 1)
    if (refused) await expect(found).rejects.toThrow(`${name} is newer than ${join(folder, 'old.db')}`)
    else expect(await found).toMatchObject([{ id: join(folder, 'old.db') }])
  })
})

describe('a zip', () => {
  it('brings links back as links, and names of whatever kind', async () => {
    const { base, live } = await liveFolder()
    await symlink('/srv/releases/42', join(live, 'current'))
    await tool('sh', ['-c', `printf x > ${live}/M$(printf '\\374')ller`])
    await writeFile(join(live, 'dev\\x2ddisk.swap'), 'x')
    await writeFile(join(live, 'large'), Buffer.alloc(5_000_000, 'x'))
    const location = await pack(live, join(base, 'a.zip'), 'cd "$1"; zip -qry "$2" .')
    const result = await restore({ driver: 'archive', location, compareWith: live })
    expect(result, result.reason ?? '').toMatchObject({ ok: true, items: 13, differences: [] })
  })

  it('gives files and folders the modes of the zip, whatever the umask', async () => {
    const { base, live } = await liveFolder()
    await chmod(join(live, 'readme.txt'), 0o664)
    await chmod(join(live, 'orders'), 0o775)
    const location = await pack(live, join(base, 'a.zip'), 'cd "$1"; zip -qr "$2" .')
    const { extractZip } = await import('../../src/backups/drivers/zip.ts')
    const target = join(base, 'target')
    await mkdir(target)
    const before = process.umask(0o077)
    await extractZip(location, '.', target, AbortSignal.timeout(60_000)).finally(() => process.umask(before))
    const modes = await tool('find', [target, '-mindepth', '1', '-printf', '%m %P\\n'])
    expect(modes.trim().split('\n').sort()).toEqual(
      expect.arrayContaining(['664 readme.txt', '775 orders', '755 with space', '644 orders/2026-01.csv']),
    )
    expect(await readFile(join(target, 'readme.txt'), 'utf8')).toBe('hello')
  })
})
