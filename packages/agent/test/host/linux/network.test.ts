import { ChaosError } from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import type { Host } from '../../../src/host/host.ts'
import { linuxNetwork } from '../../../src/host/linux/network/index.ts'
import { parseInterfaces, parseWay } from '../../../src/host/linux/network/parse.ts'
import { hasSharedRoute, parseRoutes, settingAgain } from '../../../src/host/linux/network/routes.ts'
import { hasOwnNetwork, ownNetwork } from '../../fixtures/own-network.ts'

describe('what ip prints', () => {
  it('is understood, or refused in words', () => {
    const readers = [parseInterfaces, parseWay, (text: string) => parseRoutes(text, 'inet')]
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom(...readers), (text, read) => {
        try {
          read(text)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ChaosError)
        }
      }),
    )
  })

  it('of a route is one line without what passes: how long it lasts, and how it is doing', () => {
    const text = JSON.stringify([
      { dst: 'default', gateway: '192.0.2.1', protocol: '16', metric: 100, flags: ['linkdown'], expires: 12 },
      { type: '2', dst: '192.0.2.7', table: '255', protocol: '2', flags: [] },
      { dst: '198.51.100.0/24', gateway: '203.0.113.1', flags: ['onlink'] },
    ])
    expect(parseRoutes(text, 'inet')).toEqual([
      '{"dst":"198.51.100.0/24","family":"inet","flags":["onlink"],"gateway":"203.0.113.1"}',
      '{"dst":"default","family":"inet","gateway":"192.0.2.1","metric":100,"protocol":"16"}',
    ])
  })

  it.each(['encap', 'metrics', 'nhid'])('of a route with %s is refused: it could not be set again', (key) => {
    expect(() => parseRoutes(JSON.stringify([{ dst: 'default', [key]: [] }]), 'inet')).toThrow(/could be set again/)
  })

  it('reports a route that several interfaces share', () => {
    const shared = JSON.stringify([{ dst: 'default', nexthops: [{ dev: 'eth0' }, { dev: 'eth1' }] }])
    expect([hasSharedRoute(shared, 'eth1'), hasSharedRoute(shared, 'eth2')]).toEqual([true, false])
  })

  it('distinguishes a VLAN from a pair of ends', () => {
    const links = [
      { ifindex: 2, ifname: 'eth0.7', link: 'eth0', linkinfo: { info_kind: 'vlan' }, flags: ['UP'] },
      { ifindex: 3, ifname: 'v0', link: 'v1', linkinfo: { info_kind: 'veth' }, flags: [] },
    ]
    expect(parseInterfaces(JSON.stringify(links)).map(({ name, on, up }) => [name, on, up])).toEqual([
      ['eth0.7', 'eth0', true],
      ['v0', null, false],
    ])
  })
})

describe('the order in which routes are set again', () => {
  it('begins with the ways that need no gateway, and leaves out what the kernel brings', () => {
    const lines = [
      '{"dst":"default","family":"inet","gateway":"192.0.2.1","metric":7}',
      '{"dst":"192.0.2.0/24","family":"inet","protocol":"2"}',
      '{"dst":"198.51.100.0/24","family":"inet","scope":"253","table":"100"}',
    ]
    expect(settingAgain(lines, 'eth1')).toEqual([
      ['-N', '-f', 'inet', 'route', 'add', '198.51.100.0/24', 'dev', 'eth1', 'table', '100', 'scope', '253'],
      ['-N', '-f', 'inet', 'route', 'add', 'default', 'via', '192.0.2.1', 'dev', 'eth1', 'metric', '7'],
    ])
  })
})

describe.runIf(hasOwnNetwork)('an interface of the kernel', () => {
  const scene = async () => {
    const inside = await ownNetwork()
    const ip = async (...args: string[]) => {
      const done = await inside(['ip', ...args], { timeoutMs: 5_000 })
      if (done.code !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`)
      return done.stdout
    }
    await ip('link', 'add', 'lan1', 'type', 'veth', 'peer', 'name', 'far1')
    for (const each of ['203.0.113.1/24', '2001:db8:1::1/64']) await ip('address', 'add', each, 'dev', 'lan1')
    for (const name of ['lan1', 'far1']) await ip('link', 'set', name, 'up')
    await ip('route', 'add', '198.18.0.0/15', 'via', '203.0.113.2', 'metric', '77', 'src', '203.0.113.1')
    await ip('route', 'add', '198.20.0.0/16', 'dev', 'lan1', 'table', '100')
    await ip('route', 'add', '198.51.100.0/24', 'via', '192.0.2.99', 'dev', 'lan1', 'onlink')
    await ip('-6', 'route', 'add', '2001:db8:77::/48', 'via', '2001:db8:1::9', 'metric', '9')
    return { network: linuxNetwork(inside), ip }
  }
  const missing = async (network: Host['network'], before: Awaited<ReturnType<Host['network']['image']>>) => {
    const { addresses, routes } = await network.now('lan1')
    return [...before.addresses, ...before.routes].filter((row) => ![...addresses, ...routes].includes(row))
  }

  it('comes back with every address and route of before', async () => {
    const { network } = await scene()
    const before = await network.image('lan1', 'boot')
    expect(before.addresses).toHaveLength(2)
    expect(before.routes).toHaveLength(6)
    await network.takeDown('lan1')
    expect((await network.list()).find(({ name }) => name === 'lan1')?.up).toBe(false)
    expect(await missing(network, before)).not.toEqual([])
    await network.bringUp('lan1')
    await eventually(async () => {
      await network.setAgain(before)
      expect(await missing(network, before)).toEqual([])
    })
    expect(await network.now('lan1')).toEqual({ addresses: before.addresses, routes: before.routes })
    await network.setAgain(before)
    expect(await network.now('lan1')).toEqual({ addresses: before.addresses, routes: before.routes })
  })

  it('is the way to what lies behind it', async () => {
    const { network } = await scene()
    expect(await network.wayTo('198.18.0.1')).toBe('lan1')
    expect(await network.wayTo('2001:db8:77::1')).toBe('lan1')
    expect(await network.wayTo('9.9.9.9')).toBeNull()
  })

  it('of an unknown name is not there', async () => {
    const { network } = await scene()
    await expect(network.image('lan9', 'boot')).rejects.toMatchObject({ code: 'not-there' })
    await expect(network.takeDown('lan9')).rejects.toMatchObject({ code: 'tool-failed' })
  })

  it('is refused while a route leads over it and over another one', async () => {
    const { network, ip } = await scene()
    await ip('link', 'add', 'lan2', 'type', 'veth', 'peer', 'name', 'far2')
    await ip('address', 'add', '203.0.114.1/24', 'dev', 'lan2')
    for (const name of ['lan2', 'far2']) await ip('link', 'set', name, 'up')
    await ip('route', 'add', '9.0.0.0/8', 'nexthop', 'via', '203.0.113.2', 'nexthop', 'via', '203.0.114.2')
    await expect(network.image('lan1', 'boot')).rejects.toMatchObject({ code: 'cannot-restore' })
  })
})
