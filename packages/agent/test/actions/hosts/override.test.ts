import { appendFile, chmod, link, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostsOverride } from '../../../src/actions/hosts/override.ts'
import { temporaryName } from '../../../src/host/artefact.ts'
import { manifest } from '../../host/support.ts'
import { inject, prepare, stage } from '../support.ts'

const params = { entries: [{ name: 'erp.example.test', address: '192.0.2.9' }] }
const text = '127.0.0.1 localhost\n192.0.2.1 erp.example.test erp\n'
const hosts = { 'etc/hosts': text }

describe('hosts.override', () => {
  it('leads the name elsewhere, and back', async () => {
    const { host, context, root } = await stage(hosts)
    const before = await manifest(root)
    const failure = await inject(hostsOverride, context, params)
    const { signal } = context
    expect(await host.resolver.lookup('erp.example.test', signal)).toEqual(['192.0.2.9'])
    expect(await failure.standing()).toBe('after')
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
    expect(await manifest(root)).toEqual(before)
  })

  it('prints everything that it compared', async () => {
    const { context } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    const items = (await failure.revert()).compared.map(({ item }) => item)
    for (const fact of [
      'bytes',
      'type',
      'mode',
      'owner',
      'ACL',
      'extended attributes',
      'flags',
      'modification time (ns)',
    ]) {
      expect(items).toContain(`/etc/hosts ${fact}`)
    }
    expect(items).toContain('/etc modification time (ns)')
  })

  it('gives back any bytes, exactly', async () => {
    const { context, root } = await stage(hosts)
    const path = join(root, 'etc/hosts')
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await writeFile(path, bytes)
        const before = await manifest(root)
        const failure = await inject(hostsOverride, context, params)
        expect((await failure.revert()).restoration).toBe('identical')
        expect(await manifest(root)).toEqual(before)
      }),
      { numRuns: 10 },
    )
  })

  it('is reverted twice as well as once', async () => {
    const { context, root } = await stage(hosts)
    const before = await manifest(root)
    const failure = await inject(hostsOverride, context, params)
    await failure.revert()
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('keeps mode and size of an odd file of 5 MB', async () => {
    const large = `${'# filler\n'.repeat(500_000)}192.0.2.1 erp.example.test`
    const { context, root } = await stage({ 'etc/hosts': { text: large, mode: 0o604 } })
    const before = await manifest(root)
    const failure = await inject(hostsOverride, context, params)
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('replaces the target of a symbolic link, in the folder of the target', async () => {
    const { context, root } = await stage({ 'srv/shared/hosts': text })
    await symlink('../srv/shared/hosts', join(root, 'etc/hosts'))
    const before = await manifest(root)
    const failure = await inject(hostsOverride, context, params)
    expect(await readFile(join(root, 'srv/shared/hosts'), 'utf8')).toContain('192.0.2.9')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('removes what a death in the middle of a write left behind', async () => {
    const { context, root } = await stage(hosts)
    const before = await manifest(root)
    const failure = await inject(hostsOverride, context, params)
    await writeFile(join(root, 'etc', temporaryName(context.recordId)), 'half')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })
})

describe('hosts.override, when somebody else changes the file meanwhile', () => {
  it('keeps their lines and takes only its own away', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    await appendFile(join(root, 'etc/hosts'), '10.0.0.7 new-printer\n')
    expect(await failure.standing()).toBe('conflict')
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain('their change was kept, only our part was taken out')
    expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toBe(`${text}10.0.0.7 new-printer\n`)
  })

  it('leaves a file that they wrote anew as it is', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    await writeFile(join(root, 'etc/hosts.new'), '127.0.0.1 localhost\n')
    await rename(join(root, 'etc/hosts.new'), join(root, 'etc/hosts'))
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toBe('127.0.0.1 localhost\n')
  })

  it('keeps a mode that they set', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    await chmod(join(root, 'etc/hosts'), 0o600)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('attributes')] })
    expect((await manifest(root))['/etc/hosts']).toMatch(/^100600/)
    expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toBe(text)
  })

  it('puts the original back where they deleted the file, and says so', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    await rm(join(root, 'etc/hosts'))
    expect(await failure.standing()).toBe('conflict')
    const reverted = await failure.revert()
    expect(reverted.kept.join(' ')).toContain('had been removed by somebody else')
    expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toBe(text)
  })

  it('falls back to the saved bytes where the kept original was removed', async () => {
    const { context, root } = await stage(hosts)
    const before = await manifest(root)
    const failure = await inject(hostsOverride, context, params)
    const { image } = failure.undo as { image: { keptPath: string } }
    await rm(join(root, image.keptPath))
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
  })

  it('does not trust a kept original that was tampered with', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    const { image } = failure.undo as { image: { keptPath: string } }
    await writeFile(join(root, image.keptPath), '203.0.113.1 localhost\n')
    await failure.revert()
    expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toBe(text)
  })

  it('does not claim identity where a saved original is damaged as well', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    const { image } = failure.undo as { image: { keptPath: string; copy: string } }
    await rm(join(root, image.keptPath))
    await writeFile(join(context.recordFolder, image.copy), 'rubbish')
    await expect(failure.revert()).rejects.toMatchObject({ code: 'cannot-restore' })
  })

  it('leaves the time of a folder in which they made something', async () => {
    const { context, root } = await stage(hosts)
    const failure = await inject(hostsOverride, context, params)
    await writeFile(join(root, 'etc/theirs.conf'), 'x')
    await utimes(join(root, 'etc'), 1_750_000_000, 1_750_000_000)
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain('Somebody else changed what lies in /etc meanwhile')
  })

  it('refuses to start when the file changed after it was saved', async () => {
    const { context, root } = await stage(hosts)
    const undo = await prepare(hostsOverride, context, params)
    await appendFile(join(root, 'etc/hosts'), '# edited\n')
    await expect(hostsOverride.inject(context, params, undo)).rejects.toMatchObject({ code: 'wrong-state' })
    expect(await readFile(join(root, 'etc/hosts'), 'utf8')).toBe(`${text}# edited\n`)
  })
})

describe('hosts.override refuses in prepare', () => {
  it('a missing file', async () => {
    const { context } = await stage()
    await expect(prepare(hostsOverride, context, params)).rejects.toMatchObject({ code: 'not-there' })
  })

  it('a generated file, with the line that says so', async () => {
    const { context } = await stage({ 'etc/hosts': '# manage_etc_hosts: true\n' })
    await expect(prepare(hostsOverride, context, params)).rejects.toThrow('manage_etc_hosts: true')
  })

  it('a link to what a program writes at each boot', async () => {
    const { context, root } = await stage({ 'run/site/hosts': '10.0.0.1 erp.example.test\n', 'etc/hostname': 'a\n' })
    await symlink('../run/site/hosts', join(root, 'etc/hosts'))
    await expect(prepare(hostsOverride, context, params)).rejects.toThrow(/link to \/run\/site\/hosts, .* written by/)
  })

  it('a file with a second hard link', async () => {
    const { context, root } = await stage(hosts)
    await link(join(root, 'etc/hosts'), join(root, 'etc/hosts.backup'))
    await expect(prepare(hostsOverride, context, params)).rejects.toThrow('2 hard links')
  })

  it('a file that is larger than 5 MB', async () => {
    const { context } = await stage({ 'etc/hosts': '#'.repeat(5 * 1024 * 1024 + 1) })
    await expect(prepare(hostsOverride, context, params)).rejects.toMatchObject({ code: 'cannot-restore' })
  })

  it('the controller’s name and localhost', async () => {
    const { context } = await stage(hosts, { own: { paths: [], names: ['controller.example.test'] } })
    for (const name of ['controller.example.test', 'LOCALHOST']) {
      const entries = [{ name, address: '192.0.2.9' }]
      await expect(prepare(hostsOverride, context, { entries })).rejects.toMatchObject({ code: 'policy-refused' })
    }
  })

  it('a name that leads there already', async () => {
    const { context } = await stage({ 'etc/hosts': '192.0.2.9 erp.example.test\n' })
    await expect(prepare(hostsOverride, context, params)).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('one name with two addresses', async () => {
    const { context } = await stage(hosts)
    const entries = [...params.entries, { name: 'ERP.example.test', address: '192.0.2.8' }]
    await expect(prepare(hostsOverride, context, { entries })).rejects.toMatchObject({ code: 'param-invalid' })
  })

  it.each(['erp example', '-erp', 'erp.example.test # x', 'erp\n1.2.3.4 bank', '10.0.0.1', 'a..b', ''])(
    'the name %j',
    (name) => {
      expect(hostsOverride.params.safeParse({ entries: [{ name, address: '192.0.2.9' }] }).success).toBe(false)
    },
  )

  it.each(['192.0.2.256', '1.2.3', 'erp', '::1%eth0', '192.0.2.1\n', '01.2.3.4'])('the address %j', (address) => {
    expect(hostsOverride.params.safeParse({ entries: [{ name: 'erp', address }] }).success).toBe(false)
  })
})

describe('the explanation of hosts.override', () => {
  it('is the same for every record, so that approval can bind to it', async () => {
    const first = await stage(hosts)
    const second = await stage(hosts)
    const explain = async ({ context }: typeof first) =>
      hostsOverride.explain(params, await prepare(hostsOverride, context, params))
    expect(await explain(first)).toEqual(await explain(second))
  })

  it('shows how to restore the file by hand', async () => {
    const { context } = await stage(hosts)
    const undo = await prepare(hostsOverride, context, params)
    const steps = hostsOverride.byHand(undo, context.recordFolder)
    expect(steps[0]).toMatch(
      /mv \/etc\/\.chaos-lite-\S+-original-hosts \/etc\/hosts && touch -m -d @1600000000\.500000000 \/etc/,
    )
  })

  it('is seen by what a program of the host gets for the name', () => {
    expect(hostsOverride.effect(params, {})).toEqual({
      probe: 'dns',
      params: { name: 'erp.example.test', expectAddress: '192.0.2.9' },
      expect: 'up',
    })
  })
})
