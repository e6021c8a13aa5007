import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { createTally, nameComplaint } from '../../src/backups/drivers/limits.ts'
import { localHost, temporaryFolder } from '../fixtures/local-host.ts'
import { contentsOf, liveFolder, restore, tool } from './support.ts'
import { type TarEntry, tarOf } from './tar-of.ts'
import { type ZipEntry, zipOf } from './zip-of.ts'

const good = { path: 'a.txt', body: 'fine' }
const hostileTars: [string, TarEntry[], RegExp][] = [
  ['a name that climbs out', [good, { path: '../evil', body: 'x' }], /"\.\.\/evil" does not stay in its folder/],
  ['a name that climbs out halfway', [{ path: 'a/../../evil', body: 'x' }], /does not stay in its folder/],
  [
    'more than the disk can hold',
    [{ path: 'big', size: 8_000_000_000_000, body: '' }],
    /needs more than|could not be read/,
  ],
]

/** None of these is refused as a whole: they stay in the folder, or fail by themselves. */
const containedTars: [string, (outside: string) => TarEntry[], Record<string, unknown>][] = [
  ['an absolute name', (outside) => [{ path: `${outside}/evil`, body: 'x' }], { ok: true }],
  ['a link to the root', () => [good, { path: 'l', type: 'SymbolicLink', linkpath: '/' }], { ok: true, items: 2 }],
  [
    'a name behind a link that leads out',
    (outside) => [
      { path: 'l', type: 'SymbolicLink', linkpath: outside },
      { path: 'l/evil', body: 'x' },
    ],
    { ok: false, reason: expect.stringMatching(/Not a directory/) },
  ],
  [
    'a link that climbs out',
    () => [{ path: 'a/l', type: 'SymbolicLink', linkpath: '../../x' }],
    { ok: true, items: 2 },
  ],
  [
    'a hard link to a file of the host',
    (outside) => [{ path: 'l', type: 'Link', linkpath: `${outside}/secret` }],
    { ok: false, reason: expect.stringMatching(/Cannot hard link/) },
  ],
  [
    'a hard link that climbs out',
    () => [{ path: 'l', type: 'Link', linkpath: '../outside/secret' }],
    { ok: false, reason: expect.stringMatching(/Cannot hard link/) },
  ],
  [
    'a device',
    () => [good, { path: 'sda', type: 'CharacterDevice' }],
    { ok: true, items: 1, reason: expect.stringContaining('1 devices or pipes in it were not made') },
  ],
  ['a pipe', () => [good, { path: 'p', type: 'FIFO' }], { ok: true, items: 2 }],
  ['a backslash', () => [{ path: 'a\\..\\evil', body: 'x' }], { ok: true, items: 1 }],
  ['the name of a drive', () => [{ path: 'C:/x', body: 'x' }], { ok: true, items: 2 }],
]

describe('a hostile tar', () => {
  it.each(hostileTars)('with %s is refused before anything is written', async (_note, entries, message) => {
    const base = await temporaryFolder()
    const location = join(base, 'evil.tar')
    await writeFile(location, tarOf(entries))
    const before = await contentsOf(base)
    const result = await restore({ driver: 'archive', location })
    expect(result.reason).toMatch(message)
    expect(result).toMatchObject({ ok: false, items: 0, phases: ['open', 'list', 'wipe'] })
    expect(await contentsOf(base)).toEqual(before)
  })

  it.each(containedTars)('with %s reaches nothing outside', async (_note, entries, outcome) => {
    const base = await temporaryFolder()
    const [location, outside] = [join(base, 'evil.tar'), join(base, 'outside')]
    await mkdir(outside)
    await writeFile(join(outside, 'secret'), 'whole')
    await writeFile(location, tarOf(entries(outside)))
    const before = await contentsOf(base)
    expect(await restore({ driver: 'archive', location })).toMatchObject(outcome)
    expect(await contentsOf(base)).toEqual(before)
  })

  it('is refused as a whole, also when the part that is restored would be harmless', async () => {
    const location = join(await temporaryFolder(), 'evil.tar')
    await writeFile(
      location,
      tarOf([
        { path: 'share/a', body: 'x' },
        { path: '../evil', body: 'x' },
      ]),
    )
    expect(await restore({ driver: 'archive', location, inside: 'share' })).toMatchObject({ ok: false })
  })

  it.each([
    ['that packs nothing but zeros', 'head -c 16M /dev/zero | gzip -9'],
    ['with a bomb behind its end', '(tar -c -C /etc hostname; head -c 16M /dev/zero) | gzip -9'],
    ['that is packed twice', 'head -c 4M /dev/zero | gzip -9 | gzip -9'],
    [
      'that is packed twice, in one-byte steps',
      "printf '\\x1f' | gzip; printf '\\x8b\\x08' | gzip; head -c 2000 /dev/zero | gzip",
    ],
  ])('%s is refused without holding up the agent', async (_note, command) => {
    const base = await temporaryFolder()
    const location = join(base, 'bomb.tar.gz')
    await tool('sh', ['-c', `(${command}) > ${location}`])
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    expect(await restore({ driver: 'archive', location })).toMatchObject({
      ok: false,
      items: 0,
      phases: ['open', 'list', 'wipe'],
    })
    delay.disable()
    // The old way blocked for many seconds: this is an order of magnitude, not a timing.
    expect(delay.max / 1e6).toBeLessThan(5_000)
  })

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    [
      'with a flipped bit',
      (bytes: Buffer) => Buffer.from(bytes).fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 20),
    ],
    ['that is no archive', () => Buffer.from('this is a text'.repeat(100))],
    ['of no bytes', () => Buffer.alloc(0)],
  ])('%s is refused', async (_note, damage) => {
    const { base, live } = await liveFolder()
    const location = join(base, 'nightly.tar.gz')
    await tool('tar', ['-czf', location, '-C', live, '.'])
    await writeFile(location, damage(await readFile(location)))
    const result = await restore({ driver: 'archive', location, compareWith: live })
    expect(result.ok).toBe(false)
    expect(result.reason).toMatch(/could not be read to its end|is empty|not safe/)
  })
})

const hostileZips: [string, ZipEntry[], RegExp][] = [
  [
    'a name that climbs out',
    [
      { name: 'a', body: 'x' },
      { name: '../evil', body: 'x' },
    ],
    /could not be read|does not stay/,
  ],
  ['a backslash', [{ name: '..\\evil', body: 'x', by: 0 }], /does not stay/],
  ['a locked entry', [{ name: 'a', body: 'x', flags: 1 }], /is encrypted/],
  [
    'entries of petabytes',
    [
      { name: 'a', body: 'x', size: 4_294_967_294 },
      ...Array.from({ length: 2000 }, (_, index) => ({ name: `b${index}`, body: 'x', size: 4_294_967_294 })),
    ],
    /needs more than/,
  ],
]

describe('a hostile zip', () => {
  it.each(hostileZips)('with %s is refused before anything is written', async (_note, entries, message) => {
    const base = await temporaryFolder()
    const location = join(base, 'evil.zip')
    await writeFile(location, zipOf(entries))
    const result = await restore({ driver: 'archive', location })
    expect(result.reason).toMatch(message)
    expect(result).toMatchObject({ ok: false, items: 0, phases: ['open', 'list', 'wipe'] })
  })

  it('whose bytes do not match their checksum fails the exercise', async () => {
    const location = join(await temporaryFolder(), 'bad.zip')
    await writeFile(location, zipOf([{ name: 'a', body: 'hello', crc: 1 }]))
    expect(await restore({ driver: 'archive', location })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('does not match its checksum'),
    })
  })

  it('whose entries are larger than they say fails the exercise', async () => {
    const location = join(await temporaryFolder(), 'bad.zip')
    await writeFile(location, zipOf([{ name: 'a', body: 'x'.repeat(100_000), size: 10 }]))
    expect(await restore({ driver: 'archive', location })).toMatchObject({ ok: false })
  })

  it('that is written as this test writes honest ones is restored', async () => {
    const location = join(await temporaryFolder(), 'good.zip')
    await writeFile(
      location,
      zipOf([
        { name: 'd/', mode: 0o040755 },
        { name: 'd/a', body: 'hello' },
      ]),
    )
    expect(await restore({ driver: 'archive', location })).toMatchObject({ ok: true, items: 2 })
  })
})

describe('a folder copy with things in it that are no files', () => {
  it('is restored with them, and nobody waits at a pipe', async () => {
    const base = await temporaryFolder()
    const [location, live] = [join(base, 'copy'), join(base, 'live')]
    await mkdir(location)
    await tool('mkfifo', [join(location, 'pipe')])
    await writeFile(join(location, 'a'), 'x')
    await tool('cp', ['-a', location, live])
    expect(await restore({ driver: 'folder', location, compareWith: live })).toMatchObject({ ok: true, items: 2 })
  })

  it('is restored without its devices where none may be made, and the record says so', async () => {
    const base = await temporaryFolder()
    const location = join(base, 'copy')
    await mkdir(location)
    await writeFile(join(location, 'a'), 'x')
    const real = localHost()
    const run: typeof real.run = async (argv, options) => {
      const ended = await real.run(argv, options)
      if (argv[0] !== 'cp') return ended
      const stderr = "/usr/bin/cp: cannot create special file '/scratch/null': Operation not permitted\n"
      return { ...ended, code: 1, stderr }
    }
    const result = await restore({ driver: 'folder', location }, {}, { host: localHost({ parts: { run } }) })
    expect(result).toMatchObject({ ok: true, reason: expect.stringContaining('1 devices of the backup were not') })
  })

  it('keeps links as links and never follows them', async () => {
    const base = await temporaryFolder()
    const location = join(base, 'copy')
    await mkdir(location)
    await symlink('/etc', join(location, 'l'))
    await writeFile(join(location, 'a'), 'x')
    expect(await restore({ driver: 'folder', location })).toMatchObject({ ok: true, items: 2 })
  })
})

describe('names', () => {
  it.each(['', 'a\0b', '..', 'a/..', `${'x'.repeat(5000)}`])('as %j are refused', (path) => {
    expect(nameComplaint(path)).not.toBeNull()
  })

  it.each(['a\\b', 'C:/x', '/etc/x', '...', 'd/'.repeat(300)])('as %j are not', (path) => {
    expect(nameComplaint(path)).toBeNull()
  })
})

it('the tally refuses sizes that are none', () => {
  for (const sizeBytes of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => createTally('x', 10).add(sizeBytes)).toThrow(/needs more than/)
  }
})
