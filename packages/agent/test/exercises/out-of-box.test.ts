import { spawnSync } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BoxRules } from '../../src/exercises/box/rules.ts'
import { rulesFor } from '../../src/exercises/box/rules.ts'
import type { Work } from '../../src/exercises/child/messages.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { canBox, inBox } from './in-box.ts'
import { contentsOf, restore } from './support.ts'
import { type TarEntry, tarOf } from './tar-of.ts'

/** What a program does that believes every name in an archive: nothing is checked, every link is followed. */
const EXTRACT = 'tar --extract --absolute-names --keep-directory-symlink --file="$file" 2>&1'

/** Links that stay in their folder by their text, one after another, and lead out of it. */
const chain: readonly TarEntry[] = [
  { path: 'a', type: 'Directory' },
  { path: 'a/b', type: 'Directory' },
  { path: 'a/b/up', type: 'SymbolicLink', linkpath: '..' },
  { path: 'top', type: 'SymbolicLink', linkpath: 'a/b/up/..' },
  { path: 'out', type: 'SymbolicLink', linkpath: 'top/../outside' },
]

/** Each of them reaches the folder `outside`, beside the one that it is extracted into. */
const attacks: readonly [string, (outside: string) => TarEntry[], string, RegExp][] = [
  [
    'an absolute name',
    (outside) => [{ path: `${outside}/new`, body: 'x' }],
    'Read-only file system',
    /[1-9] items restored/,
  ],
  [
    'a name that climbs out',
    () => [{ path: '../outside/new', body: 'x' }],
    'Read-only file system',
    /does not stay in its folder/,
  ],
  [
    'the absolute name of a file that is there',
    (outside) => [{ path: `${outside}/secret`, body: 'x' }],
    'Cannot open: File exists',
    /[1-9] items restored/,
  ],
  [
    'a link to a folder',
    (outside) => [
      { path: 'l', type: 'SymbolicLink', linkpath: outside },
      { path: 'l/new', body: 'x' },
    ],
    'Read-only file system',
    /Not a directory/,
  ],
  [
    'a chain of links, each of which stays inside',
    () => [...chain, { path: 'out/new', body: 'x' }],
    'Read-only file system',
    /Not a directory/,
  ],
  [
    'a second name of a file',
    (outside) => [{ path: 'stolen', type: 'Link', linkpath: `${outside}/secret` }],
    'Invalid cross-device link',
    /Cannot hard link/,
  ],
  [
    'a second name of a file behind a chain of links',
    () => [...chain, { path: 'stolen', type: 'Link', linkpath: 'out/secret' }],
    'Invalid cross-device link',
    /Cannot hard link/,
  ],
  [
    'a disk',
    () => [{ path: 'disk', type: 'BlockDevice', devmaj: 7, devmin: 0 }],
    'Operation not permitted',
    /1 devices or pipes in it were not made/,
  ],
  [
    'the memory',
    () => [{ path: 'memory', type: 'CharacterDevice', devmaj: 1, devmin: 1 }],
    'Operation not permitted',
    /1 devices or pipes in it were not made/,
  ],
]

async function scene(entries: (outside: string) => TarEntry[]) {
  const base = await temporaryFolder()
  const [target, outside, file] = [join(base, 'target'), join(base, 'outside'), join(base, 'evil.tar')]
  await mkdir(target)
  await mkdir(outside)
  await writeFile(join(outside, 'secret'), 'whole', { mode: 0o600 })
  await writeFile(file, tarOf(entries(outside)))
  const look = async () => ({ files: await contentsOf(outside), links: (await stat(join(outside, 'secret'))).nlink })
  return { base, target, outside, file, look, before: await look() }
}

/** As for the restore of a real backup of this kind. */
function rules(target: string, driver: 'archive' | 'restic'): BoxRules {
  const repository = { driver, location: '/backup' } as Work['repository']
  const work = { kind: 'restore', repository, target } as Work
  return rulesFor(work, [target], false)
}

/** One after another, each into an empty folder; what each says stands behind its number. */
const ALL = `cd "$1"; shift
  for file; do echo "== $file"; (${EXTRACT}); find . -mindepth 1 -delete; done`

describe.runIf(canBox)('archives that leave their folder, extracted without any check', () => {
  it('succeed without a box', async () => {
    for (const [name, entries] of attacks) {
      const { target, file, look, before } = await scene(entries)
      const { stdout } = spawnSync('sh', ['-c', `cd "$1"; shift; for file; do ${EXTRACT}; done`, 'sh', target, file], {
        encoding: 'utf8',
      })
      const devices = (await readdir(target)).filter((made) => made === 'disk' || made === 'memory')
      const reached = JSON.stringify(await look()) !== JSON.stringify(before)
      expect(reached || devices.length > 0, `${name}: ${stdout}`).toBe(true)
    }
  })

  it('reach nothing outside of it', async () => {
    const { base, target, outside, look, before } = await scene(() => [])
    const files = attacks.map((_, index) => join(base, `${index}.tar`))
    for (const [index, [, entries]] of attacks.entries()) await writeFile(files[index] ?? '', tarOf(entries(outside)))
    const said = (await inBox(rules(target, 'archive'), ALL, [target, ...files])).join('\n').split('== ').slice(1)
    expect(said).toHaveLength(attacks.length)
    for (const [index, [name, , why]] of attacks.entries()) expect(said[index], name).toContain(why)
    expect(await look()).toEqual(before)
    expect(await readdir(target)).toEqual([])
  })

  it('cannot open a device, which a restore of restic may make', async () => {
    const { target, file } = await scene(() => [
      { path: 'memory', type: 'CharacterDevice', devmaj: 1, devmin: 1 },
      { path: 'null', type: 'CharacterDevice', devmaj: 1, devmin: 3 },
    ])
    const script = `cd "$1"; file=$2; ${EXTRACT}; head -c 1 memory 2>&1; (echo x > null) 2>&1; ls`
    const said = await inBox(rules(target, 'restic'), script, [target, file])
    expect(said.slice(-2)).toEqual(['memory', 'null'])
    expect(said.filter((line) => line.includes('Permission denied'))).toHaveLength(2)
  })
})

describe('the same archive, restored by the exercise', () => {
  it.each(attacks)('with %s reaches nothing outside', async (_note, entries, _why, reason) => {
    const { file, look, before } = await scene(entries)
    const result = await restore({ driver: 'archive', location: file })
    expect(result.reason).toMatch(reason)
    expect(await look()).toEqual(before)
    expect(await readdir(result.scratch)).toEqual([])
  })
})
