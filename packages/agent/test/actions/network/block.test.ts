import { describe, expect, it } from 'vitest'
import { networkBlock } from '../../../src/actions/network/block.ts'
import type { FilterUndo } from '../../../src/actions/network/filter.ts'
import type { Mount } from '../../../src/host/mounts.ts'
import { said } from '../../fixtures/said.ts'
import { processOf } from '../guards/support.ts'
import { inject, prepare, stage } from '../support.ts'

const params = { addresses: ['192.0.2.7'], ports: [443] }
const link = { host: 'chaos.example.test', port: 8443 }
const own = { paths: ['/var/lib/chaos-lite'], names: [link.host], links: [link] }
const hosts = { 'etc/hosts': '127.0.0.1 localhost\n198.51.100.9 chaos.example.test\n198.51.100.8 chaos.example.test\n' }

const tableIn = (undo: unknown) => (undo as FilterUndo).wall

describe('network.block', () => {
  it('adds a table of its own, and removes it again', async () => {
    const { host, context } = await stage()
    const failure = await inject(networkBlock, context, params)
    expect([...host.packetFilter.tables.keys()]).toEqual([`chaos_lite_${context.recordId.toLowerCase()}`])
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
    expect(host.packetFilter.tables.size).toBe(0)
  })

  it('changes nothing when it is reverted twice, or was never started', async () => {
    const { host, context } = await stage()
    const undo = await prepare(networkBlock, context, params)
    expect((await networkBlock.revert(context, undo)).restoration).toBe('identical')
    await networkBlock.inject(context, params, undo)
    await networkBlock.revert(context, undo)
    expect((await networkBlock.revert(context, undo)).restoration).toBe('identical')
    expect(host.packetFilter.tables.size).toBe(0)
  })

  it('lets every address of the controller, and SSH where it really listens, through', async () => {
    const { host, context } = await stage(hosts, { own })
    const processes = {
      ...host.processes,
      views: async () => [processOf({ pid: 7, name: 'sshd', program: '/usr/sbin/sshd' })],
      sockets: async () => [{ pid: 7, local: { address: '0.0.0.0', port: 2222 }, remote: null }],
    }
    const undo = await prepare(networkBlock, { ...context, host: { ...host, processes } }, params)
    expect(tableIn(undo).admit).toEqual({
      links: [
        { address: '198.51.100.8', port: 8443 },
        { address: '198.51.100.9', port: 8443 },
      ],
      sshPorts: [22, 2222],
    })
    const text = said(networkBlock, params, undo).join(' ')
    expect(text).toMatch(/the controller \(chaos\.example\.test port 8443\)/)
    expect(text).toMatch(/SSH to this host \(port 22, 2222\)/)
  })

  it('says the same for each preparation, so that an approval holds', async () => {
    const scene = await stage(hosts, { own })
    const parsed = networkBlock.params.parse(params)
    const one = networkBlock.explain(parsed, await prepare(networkBlock, scene.context, params))
    const other = { ...scene.context, recordId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }
    expect(networkBlock.explain(parsed, await prepare(networkBlock, other, params))).toEqual(one)
  })

  it('is refused while the controller has no address: the link could not be kept open', async () => {
    const { context } = await stage({}, { own })
    await expect(prepare(networkBlock, context, params)).rejects.toMatchObject({ code: 'cannot-restore' })
  })

  it.each([['nfs4'], ['cifs'], ['fuse.sshfs']])('is refused while the journal lies on %s', async (kind) => {
    const mounts = (): Mount[] => [
      { point: '/', source: '/dev/sda1', kind: 'ext4', options: 'rw', superOptions: 'rw', root: '/' },
      { point: '/var/lib', source: 'files:/var', kind, options: 'rw', superOptions: 'rw', root: '/' },
    ]
    const { context } = await stage(hosts, { own, mounts })
    await expect(prepare(networkBlock, context, params)).rejects.toMatchObject({
      code: 'cannot-restore',
      message: expect.stringMatching(/\/var\/lib\/chaos-lite lies on files:\/var/),
    })
  })

  it.each(['127.0.0.1', '127.8.0.0/16', '::1'])('%s is this host itself: refused', async (address) => {
    const { context } = await stage()
    await expect(prepare(networkBlock, context, { addresses: [address] })).rejects.toMatchObject({
      code: 'policy-refused',
      rule: 'built-in: loopback',
    })
  })

  it('asks the policy for each address and port, and for all of them where none is named', () => {
    const asked = (given: object) => networkBlock.asks(networkBlock.params.parse(given))
    expect(asked({ addresses: ['192.0.2.0/24'], ports: [25, 443] })).toEqual([
      { kind: 'address', value: '192.0.2.0/24' },
      { kind: 'port', value: '25' },
      { kind: 'port', value: '443' },
    ])
    expect(asked({ addresses: ['192.0.2.7'] })).toContainEqual({ kind: 'port', value: 'all' })
  })

  it('writes addresses in one way only, and drops exceptions that except nothing', async () => {
    const { context } = await stage()
    const given = {
      addresses: ['10.1.2.3/8', '10.9.9.9', '2001:DB8::/32'],
      except: ['10.0.0.0/24', '192.0.2.0/24'],
      ports: [443, 25, 443],
      protocol: 'tcp',
      direction: 'out',
    }
    expect(tableIn(await prepare(networkBlock, context, given))).toMatchObject({
      ...{ addresses: ['10.0.0.0/8', '2001:db8::/32'], except: ['10.0.0.0/24'], ports: [25, 443] },
      ...{ protocols: ['tcp'], directions: ['out'] },
    })
    const parsed = networkBlock.params.parse(given)
    expect(networkBlock.touches(parsed)).toEqual(['network:10.0.0.0/8', 'network:2001:db8::/32'])
  })

  it.each([
    [
      { addresses: ['192.0.2.7'], ports: [443] },
      { host: '192.0.2.7', port: 443, withinMs: 2000 },
    ],
    [{ addresses: ['192.0.2.0/24'], ports: [443] }, null],
    [{ addresses: ['192.0.2.7'] }, null],
    [{ addresses: ['192.0.2.7'], ports: [53], protocol: 'udp' }, null],
    [{ addresses: ['192.0.2.7'], ports: [443], direction: 'in' }, null],
  ])('is seen where this host would connect: %j', async (given, seen) => {
    const { context } = await stage()
    const undo = await prepare(networkBlock, context, given)
    const effect = networkBlock.effect(networkBlock.params.parse(given), undo)
    expect(effect).toEqual(seen === null ? null : { probe: 'tcp', params: seen, expect: 'down' })
  })

  it.each(['-1', '192.0.2.0/33', '0.0.0.0/0 ', 'erp.example.test', '::/129'])('takes no "%s"', (address) => {
    expect(networkBlock.params.safeParse({ addresses: [address] }).success).toBe(false)
  })

  it('gives the kernel a time to open it: after the safety timer, not before', async () => {
    const { host, context } = await stage()
    const given: number[] = []
    const packetFilter = {
      ...host.packetFilter,
      add: async (...[table, openAfterMs]: Parameters<typeof host.packetFilter.add>) => {
        given.push(openAfterMs)
        await host.packetFilter.add(table, openAfterMs)
      },
    }
    const armed = { ...context, host: { ...host, packetFilter }, revertByMonoMs: host.clock.monoMs() + 60_000 }
    await inject(networkBlock, armed, params)
    expect(given[0]).toBeGreaterThan(60_000)
    expect(given[0]).toBeLessThan(70_000)
  })
})

describe('network.block, while somebody else changes the firewall', () => {
  const conflict = async () => {
    const scene = await stage()
    const failure = await inject(networkBlock, scene.context, params)
    return { ...scene, failure, name: tableIn(failure.undo).name }
  }

  it('is gone with a flush, says so, and comes back to nothing', async () => {
    const { host, failure } = await conflict()
    host.packetFilter.flush()
    expect(await failure.standing()).toBe('before')
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('identical')
    expect(reverted.kept.join()).toMatch(/was not there any more/)
  })

  it('keeps what was written into its table, and takes only ours out', async () => {
    const { host, context, failure, name } = await conflict()
    host.packetFilter.meddle(name, ['rule 17 of chain out'])
    expect(await failure.standing()).toBe('conflict')
    expect(await networkBlock.stillInPlace?.(context, failure.undo)).toBe(true)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone' })
    expect(reverted.kept.join()).toMatch(/kept, while ours was taken out: rule 17 of chain out/)
    expect(host.packetFilter.tables.size).toBe(0)
    expect((await failure.revert()).restoration).toBe('ours undone')
  })

  it('says that rules were taken out, where nothing of theirs is left', async () => {
    const { host, context, failure, name } = await conflict()
    host.packetFilter.meddle(name, [])
    expect(await failure.standing()).toBe('conflict')
    expect(await networkBlock.stillInPlace?.(context, failure.undo)).toBe(false)
    expect(await failure.revert()).toMatchObject({
      restoration: 'identical',
      kept: [expect.stringMatching(/took rules/)],
    })
  })

  it('says when the kernel had opened it by itself', async () => {
    const { host, failure } = await conflict()
    host.packetFilter.expire()
    expect(await failure.standing()).toBe('conflict')
    expect((await failure.revert()).kept.join()).toMatch(/kernel had opened/)
    expect(await failure.standing()).toBe('before')
  })

  it('is never raised where its name is taken', async () => {
    const { host, context } = await stage()
    host.packetFilter.meddle(`chaos_lite_${context.recordId.toLowerCase()}`, ['chain x'])
    await expect(prepare(networkBlock, context, params)).rejects.toMatchObject({ code: 'wrong-state' })
  })
})
