import {
  appendFile,
  chmod,
  chown,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostsOverride } from '../../../src/actions/hosts/override.ts'
import { isRoot, manifest } from '../../host/support.ts'
import { inject, type Stage, stage } from '../support.ts'

const params = { entries: [{ name: 'erp.example.test', address: '192.0.2.9' }] }
const text = '127.0.0.1 localhost\n192.0.2.1 erp.example.test erp\n192.0.2.5 printer\n'

/** What another tool or a person does to the hosts file in one step. `etc` is the folder. */
type Act = (etc: string) => Promise<unknown>

async function edit(etc: string, change: (text: string) => string): Promise<void> {
  const path = join(etc, 'hosts')
  const now = await readFile(path, 'latin1').catch(() => null)
  if (now !== null) await writeFile(path, change(now), 'latin1')
}

/** As most tools write: another file takes the name. */
async function replaceBy(etc: string, bytes: string): Promise<void> {
  await writeFile(join(etc, 'hosts.new'), bytes)
  await rename(join(etc, 'hosts.new'), join(etc, 'hosts'))
}

const acts: Readonly<Record<string, Act>> = {
  'a line at the end': (etc) => edit(etc, (now) => `${now}10.9.9.1 end\n`),
  'a line at the beginning': (etc) => edit(etc, (now) => `10.9.9.2 beginning\n${now}`),
  'a line behind that of localhost': (etc) => edit(etc, (now) => now.replace(/(localhost\n)/, '$110.9.9.3 behind\n')),
  'a line less': (etc) => edit(etc, (now) => now.replace('192.0.2.5 printer\n', '')),
  'another address in a line of theirs': (etc) => edit(etc, (now) => now.replace('192.0.2.5 p', '192.0.2.6 p')),
  'a new inode with the same bytes': async (etc) => {
    const now = await readFile(join(etc, 'hosts')).catch(() => null)
    if (now !== null) await replaceBy(etc, now.toString('latin1'))
  },
  'another file altogether': (etc) => replaceBy(etc, '127.0.0.1 localhost fresh\n'),
  'an empty file': (etc) => replaceBy(etc, ''),
  'another mode': async (etc) => {
    if ((await lstat(join(etc, 'hosts')).catch(() => null))?.isFile()) await chmod(join(etc, 'hosts'), 0o600)
  },
  'no file': (etc) => rm(join(etc, 'hosts'), { force: true }),
  'a link to the file, which moves aside': async (etc) => {
    const path = join(etc, 'hosts')
    if (!(await lstat(path).catch(() => null))?.isFile()) return
    await rename(path, join(etc, 'hosts.real'))
    await symlink('hosts.real', path)
  },
  'another file beside it': (etc) => writeFile(join(etc, 'theirs.conf'), 'x'),
}

/** What a program that looks up names finds, and what lies there for it. */
async function looks(etc: string): Promise<string> {
  const path = join(etc, 'hosts')
  const stat = await lstat(path).catch(() => null)
  if (stat === null) return 'nothing'
  const link = stat.isSymbolicLink() ? ` to ${await readlink(path)}` : ''
  return `${stat.mode.toString(8)}${link}: ${await readFile(path, 'latin1')}`
}

async function twins(): Promise<{ ours: Stage; etc: string; twin: string }> {
  const [ours, other] = await Promise.all([stage({ 'etc/hosts': text }), stage({ 'etc/hosts': text })])
  return { ours, etc: join(ours.root, 'etc'), twin: join(other.root, 'etc') }
}

async function meet(names: readonly string[]) {
  const { ours, etc, twin } = await twins()
  const failure = await inject(hostsOverride, ours.context, params)
  for (const name of names) for (const place of [etc, twin]) await acts[name]?.(place)
  const reverted = await failure.revert()
  const again = await failure.revert()
  return { ...ours, etc, twin, reverted, again, standing: await failure.standing() }
}

describe('hosts.override, whatever others do to the file meanwhile', () => {
  it.each(Object.keys(acts))('leaves what they alone would have made: %s', async (name) => {
    const { etc, twin, reverted, again, context } = await meet([name])
    // The one thing that is not left as they made it: no host is left without a hosts file, and that is said.
    if (name === 'no file') expect(reverted.kept.join(' ')).toContain('the original was restored')
    expect(await looks(etc)).toBe(name === 'no file' ? `100644: ${text}` : await looks(twin))
    expect((await readdir(etc)).filter((entry) => entry.includes(context.recordId))).toEqual([])
    expect(again.restoration).toBe(reverted.restoration)
  })

  it('leaves what they alone would have made, in any order, and never says identical where it is not', {
    timeout: 300_000,
  }, async () => {
    const order = fc.array(fc.constantFrom(...Object.keys(acts)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(order, async (names) => {
        const { etc, twin, reverted, standing, context } = await meet(names)
        const theirs = await looks(twin)
        expect(await looks(etc), names.join(', ')).toBe(theirs === 'nothing' ? `100644: ${text}` : theirs)
        expect((await readdir(etc)).filter((entry) => entry.includes(context.recordId))).toEqual([])
        expect(['identical', 'ours undone']).toContain(reverted.restoration)
        expect(['before', 'conflict']).toContain(standing)
        const isSame = reverted.compared.every(({ same }) => same)
        expect(reverted.restoration).toBe(isSame ? 'identical' : 'ours undone')
        if ((await looks(etc)) !== `100644: ${text}`) expect(isSame).toBe(false)
        if (!isSame) expect(reverted.kept).not.toEqual([])
      }),
      { numRuns: Number(process.env.CHAOS_LITE_PROPERTY_RUNS ?? 15) },
    )
  })
})

describe('hosts.override, when something else lies in the place', () => {
  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a dangling link', (path: string) => symlink('nothing', path)],
    ['a link to a device', (path: string) => symlink('/dev/zero', path)],
    ['a link to a secret', (path: string) => symlink('shadow', path)],
  ])('leaves %s as it is, touches nothing that it leads to, and is not stuck', async (what, put) => {
    const { ours, etc } = await twins()
    await writeFile(join(etc, 'shadow'), 'root:*:', { mode: 0o600 })
    const failure = await inject(hostsOverride, ours.context, params)
    await rm(join(etc, 'hosts'))
    await put(join(etc, 'hosts'))
    const before = await manifest(ours.root)
    expect(await failure.standing()).toBe('conflict')
    const reverted = await failure.revert()
    const kind = what === 'a folder' ? 'folder' : 'link'
    expect(reverted).toMatchObject({
      restoration: 'ours undone',
      kept: [`/etc/hosts is a ${kind} now, made by somebody else: it was left so.`, ...reverted.kept.slice(1)],
    })
    const after = await manifest(ours.root)
    for (const path of ['/etc/hosts', '/etc/shadow']) expect(after[path]).toBe(before[path])
    expect(await failure.standing()).toBe('conflict')
    expect((await failure.revert()).restoration).toBe('ours undone')
  })

  it.runIf(isRoot)('does not follow a link to a file that somebody could exchange', async () => {
    const { ours, etc } = await twins()
    const failure = await inject(hostsOverride, ours.context, params)
    await mkdir(join(ours.root, 'home'))
    await rename(join(etc, 'hosts'), join(ours.root, 'home/hosts'))
    await chown(join(ours.root, 'home'), 1001, 1001)
    await symlink('../home/hosts', join(etc, 'hosts'))
    await expect(failure.revert()).rejects.toMatchObject({
      code: 'cannot-restore',
      message: expect.stringContaining('by hand'),
    })
    await chown(join(ours.root, 'home'), 0, 0)
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await readFile(join(ours.root, 'home/hosts'), 'latin1')).toBe(text)
  })

  it('finds its part in a file that others made large', async () => {
    const { ours, etc } = await twins()
    const failure = await inject(hostsOverride, ours.context, params)
    await appendFile(join(etc, 'hosts'), '0.0.0.0 advertisement.example.test\n'.repeat(500_000))
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect((await readFile(join(etc, 'hosts'), 'latin1')).slice(0, text.length)).toBe(text)
  })

  it('says that it cannot see where others made it larger than anything sensible', async () => {
    const { ours, etc } = await twins()
    const failure = await inject(hostsOverride, ours.context, params)
    await truncate(join(etc, 'hosts'), 65 * 1024 * 1024)
    expect(await failure.standing()).toBe('unclear')
    await expect(failure.revert()).rejects.toThrow(/bytes long/)
  })

  it('keeps what somebody wrote into the original while it was aside, and names it', async () => {
    const { root, context } = await stage({ 'etc/hosts': text })
    const before = (await manifest(root))['/etc/hosts']
    const held = await open(join(root, 'etc/hosts'), 'r+')
    const failure = await inject(hostsOverride, context, params)
    await held.write('10.0.0.1 theirs\n', text.length)
    await held.close()
    const reverted = await failure.revert()
    const place = `/etc/hosts.kept-${context.recordId}`
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining(place)] })
    expect(await readFile(join(root, place), 'utf8')).toBe(`${text}10.0.0.1 theirs\n`)
    expect((await manifest(root))['/etc/hosts']).toBe(before)
    expect(await failure.revert()).toMatchObject({ restoration: 'ours undone', kept: reverted.kept })
  })

  it('puts the very original back where they edited only what we had written', async () => {
    const { ours, etc } = await twins()
    const before = await manifest(ours.root)
    const failure = await inject(hostsOverride, ours.context, params)
    await edit(etc, (now) => now.replace('192.0.2.9\t', '192.0.2.99\t'))
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'identical', kept: [expect.stringContaining('went with ours')] })
    expect(await manifest(ours.root)).toEqual(before)
  })

  it('keeps a copy of our block that they made elsewhere: it is theirs', async () => {
    const { ours, etc } = await twins()
    const failure = await inject(hostsOverride, ours.context, params)
    await copyFile(join(etc, 'hosts'), join(etc, 'hosts.backup'))
    await failure.revert()
    expect(await readFile(join(etc, 'hosts'), 'latin1')).toBe(text)
    expect(await readdir(etc)).toContain('hosts.backup')
  })
})
