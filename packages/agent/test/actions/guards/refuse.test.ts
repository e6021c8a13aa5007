import { describe, expect, it } from 'vitest'
import { refuseProcessesByFacts, refuseProtectedUnits } from '../../../src/actions/guards/refuse.ts'
import { interfaceDown } from '../../../src/actions/interface/down.ts'
import { networkBlock } from '../../../src/actions/network/block.ts'
import type { FilterUndo } from '../../../src/actions/network/filter.ts'
import { serviceStop } from '../../../src/actions/service/stop.ts'
import type { UnitFacts } from '../../../src/host/guards.ts'
import type { Host, OwnedSocket, ProcessView } from '../../../src/host/host.ts'
import { prepare, type Stage, stage } from '../support.ts'
import { processOf } from './support.ts'

const unitOf = (name: string, given: Partial<UnitFacts> = {}): UnitFacts => ({
  ...{ name, names: [name], programs: [], triggeredBy: [], triggers: [], listens: [] },
  ...given,
})
const listens = (pid: number, port: number, address = '0.0.0.0'): OwnedSocket => ({
  pid,
  local: { address, port },
  remote: null,
})
const connected = (pid: number, port: number, peer: string, address = '10.0.0.5', peerPort = 50_000): OwnedSocket => ({
  ...{ pid, local: { address, port }, remote: { address: peer, port: peerPort } },
})

interface Scene {
  readonly units?: readonly UnitFacts[]
  readonly views?: readonly ProcessView[]
  readonly sockets?: readonly OwnedSocket[]
  readonly sshPorts?: readonly number[]
  readonly sshFiles?: readonly (string | number)[]
  readonly fanotify?: readonly number[]
  readonly own?: Host['own']
}

/** A host with these units, processes and sockets; every unit is a running service, too. */
async function scene({
  units = [],
  views = [],
  sockets = [],
  sshPorts = [],
  sshFiles = [],
  fanotify = [],
  own,
}: Scene): Promise<Stage['context']> {
  const services = Object.fromEntries(
    units.map((unit) => [
      unit.name,
      {
        triggeredBy: unit.triggeredBy,
        dependents: units.filter((each) => each.names.includes(`needs-${unit.name}`)).map(({ name }) => name),
      },
    ]),
  )
  const { context, host } = await stage(
    {},
    {
      services,
      ...(own === undefined ? {} : { own }),
      interfaces: [
        { name: 'lo', loopback: true, bare: ['127.0.0.1', '::1'] },
        {
          name: 'office',
          addresses: ['inet 10.0.0.5/24 scope global'],
          bare: ['10.0.0.5'],
          leadsTo: ['10.0.0.7', '10.0.0.8'],
        },
        { name: 'lan1', addresses: ['inet 10.1.0.5/24 scope global'], bare: ['10.1.0.5'], leadsTo: ['10.1.0.9'] },
        {
          name: 'wg0',
          addresses: ['inet 10.9.0.5/24 scope global'],
          bare: ['10.9.0.5'],
          leadsTo: ['10.9.0.1'],
          tunnel: true,
        },
      ],
      guards: {
        units: async (names) => units.filter((unit) => unit.names.some((name) => names.includes(name))),
        socketUnits: async () => units.filter((unit) => unit.listens.length > 0),
        sshPorts: async () => sshPorts,
        isSshServer: async (program) => sshFiles.includes(program),
        watchesFiles: async (pid) => fanotify.includes(pid),
      },
    },
  )
  const processes = { ...host.processes, views: async () => views, sockets: async () => sockets }
  return { ...context, host: { ...host, processes } }
}

const nginx = unitOf('nginx.service', { programs: ['/usr/sbin/nginx'] })
const webs = [processOf({ pid: 80, name: 'nginx', program: '/usr/sbin/nginx', units: ['nginx.service'] })]

describe('a unit is protected by what it is', () => {
  it('and left to the policy otherwise', async () => {
    const { host } = await scene({
      units: [nginx],
      views: webs,
      sockets: [listens(80, 443), connected(80, 443, '10.0.0.7')],
    })
    await expect(refuseProtectedUnits(host, ['nginx.service'])).resolves.toBeUndefined()
  })

  const remote = (given: Partial<UnitFacts> = {}) => unitOf('remote-admin.service', given)
  const inIt = (given: Partial<ProcessView>) =>
    processOf({ pid: 90, name: 'admin', program: '/opt/admin', units: ['remote-admin.service'], ...given })

  it.each<[string, Scene, string, RegExp]>([
    [
      'the program that it starts',
      { units: [remote({ programs: ['/opt/admin', '/usr/sbin/sshd'] })] },
      'SSH',
      /it starts \/usr\/sbin\/sshd/,
    ],
    [
      'its bytes',
      { units: [remote({ programs: ['/opt/admin'] })], sshFiles: ['/opt/admin'] },
      'SSH',
      /it starts \/opt\/admin, an SSH server/,
    ],
    [
      'the program of its process',
      { units: [remote()], views: [inIt({ program: '/usr/sbin/sshd' })] },
      'SSH',
      /process 90/,
    ],
    ['the name of its process', { units: [remote()], views: [inIt({ name: 'sshd' })] }, 'SSH', /process 90/],
    [
      'the bytes of its process that listens',
      { units: [remote()], views: [inIt({})], sockets: [listens(90, 2222)], sshFiles: [90] },
      'SSH',
      /process 90/,
    ],
    [
      'a port that the settings of sshd name',
      { units: [remote()], views: [inIt({})], sockets: [listens(90, 2222)], sshPorts: [2222] },
      'SSH',
      /port 2222/,
    ],
    ['the port of SSH', { units: [remote()], views: [inIt({})], sockets: [listens(90, 22)] }, 'SSH', /port 22/],
    [
      'the socket that starts it',
      {
        units: [
          remote({ triggeredBy: ['door.socket'] }),
          unitOf('door.socket', { listens: [{ address: '::', port: 22 }], triggers: ['remote-admin.service'] }),
        ],
      },
      'SSH',
      /door\.socket listens on port 22/,
    ],
    ['an alias', { units: [remote({ names: ['remote-admin.service', 'sshd.service'] })] }, 'SSH', /sshd\.service/],
    [
      'the agent in it',
      { units: [remote()], views: [inIt({ own: true, agent: true })] },
      'the agent itself',
      /it is the agent/,
    ],
    [
      'a program of the agent',
      {
        units: [remote({ programs: ['/opt/own/bin/agent'] })],
        own: { paths: ['/opt/own'], names: [] },
      },
      'the agent itself',
      /it starts \/opt\/own/,
    ],
    ['a firewall', { units: [remote({ programs: ['/usr/sbin/nft'] })] }, 'security software', /nft/],
    [
      'the maker of its program',
      { units: [remote({ programs: ['/opt/CrowdStrike/falcon-sensor-bpf'] })] },
      'security software',
      /CrowdStrike/,
    ],
    [
      'that it watches files',
      { units: [remote()], views: [inIt({})], fanotify: [90] },
      'security software',
      /fanotify/,
    ],
    [
      'a network that it carries',
      { units: [remote({ programs: ['/usr/sbin/openvpn'] })] },
      'the network of the host',
      /openvpn/,
    ],
    [
      'the bus of the system',
      { units: [remote({ programs: ['/usr/bin/dbus-broker-launch'] })] },
      'the core of the system',
      /dbus/,
    ],
    [
      'somebody who is connected to a remote desktop',
      { units: [remote()], views: [inIt({ program: '/usr/sbin/xrdp' })], sockets: [connected(90, 3389, '10.0.0.7')] },
      'a way in that is used now',
      /10\.0\.0\.7 is connected/,
    ],
    [
      'a session of SSH that comes through it',
      {
        units: [remote()],
        views: [inIt({}), processOf({ pid: 91, name: 'sshd', program: '/usr/sbin/sshd' })],
        sockets: [
          connected(91, 2022, '127.0.0.1', '127.0.0.1', 41_000),
          connected(90, 41_000, '127.0.0.1', '127.0.0.1', 2022),
          connected(90, 443, '10.0.0.7'),
        ],
      },
      'SSH',
      /10\.0\.0\.7 is connected/,
    ],
    [
      'the proxy by which the agent reaches the controller',
      {
        units: [remote()],
        views: [inIt({})],
        sockets: [listens(90, 3128)],
        own: { paths: [], names: [], links: [{ host: '127.0.0.1', port: 3128 }] },
      },
      'the link to the controller',
      /port 3128/,
    ],
    [
      'the tunnel by which the agent is connected now',
      {
        units: [remote()],
        views: [inIt({}), processOf({ pid: 95, name: 'chaos-lite-agen', agent: true, own: true })],
        sockets: [listens(90, 8443), connected(95, 50_001, '127.0.0.1', '127.0.0.1', 8443)],
        own: { paths: [], names: [], links: [{ host: 'chaos.example.test', port: 8443 }] },
      },
      'the link to the controller',
      /port 8443/,
    ],
  ])('by %s', async (_, given, rule, fact) => {
    const { host } = await scene(given)
    const asked = () => refuseProtectedUnits(host, ['remote-admin.service'])
    await expect(asked()).rejects.toMatchObject({ code: 'policy-refused', rule: `built-in: ${rule}` })
    await expect(asked()).rejects.toThrow(fact)
    await expect(asked()).rejects.toThrow('No policy can allow it')
  })

  it('also where it would only stop with another', async () => {
    const needed = {
      units: [
        unitOf('base.service'),
        remote({ names: ['remote-admin.service', 'needs-base.service'], programs: ['/usr/sbin/sshd'] }),
      ],
    }
    await expect(prepare(serviceStop, await scene(needed), { service: 'base' })).rejects.toMatchObject({
      rule: 'built-in: SSH',
    })
  })

  it('a remote desktop that nobody uses is left to the policy', async () => {
    const views = [inIt({ program: '/usr/sbin/xrdp' })]
    const { host } = await scene({ units: [remote()], views, sockets: [listens(90, 3389)] })
    await expect(refuseProtectedUnits(host, ['remote-admin.service'])).resolves.toBeUndefined()
  })

  it('and so is a process, by itself and by its unit', async () => {
    const views = [inIt({}), processOf({ pid: 92, name: 'helper', units: ['remote-admin.service'] }), ...webs]
    const { host } = await scene({ units: [remote({ programs: ['/usr/sbin/sshd'] }), nginx], views })
    await expect(refuseProcessesByFacts(host, views.slice(1, 2))).rejects.toMatchObject({ rule: 'built-in: SSH' })
    await expect(refuseProcessesByFacts(host, webs)).resolves.toBeUndefined()
  })
})

describe('network.block keeps every way in open', () => {
  const everything = { addresses: ['0.0.0.0/0', '::/0'] }
  const admitted = async (given: Scene) =>
    ((await prepare(networkBlock, await scene(given), everything)) as FilterUndo).wall.admit

  it('a socket of systemd that starts sshd, on its port', async () => {
    const units = [
      unitOf('door.socket', { listens: [{ address: '::', port: 2222 }], triggers: ['door.service'] }),
      unitOf('door.service', { programs: ['/usr/sbin/sshd'], triggeredBy: ['door.socket'] }),
      unitOf('web.socket', { listens: [{ address: '::', port: 8080 }], triggers: ['nginx.service'] }),
      nginx,
    ]
    const sockets = [listens(1, 2222), listens(1, 8080)]
    expect(await admitted({ units, sockets })).toEqual({ links: [], sshPorts: [22, 2222] })
  })

  it('the ports of the settings, of a renamed server, and of sessions', async () => {
    const views = [processOf({ pid: 7, name: 'admin' }), processOf({ pid: 8, name: 'sshd-session' }), ...webs]
    const sockets = [listens(7, 2022), listens(80, 443), connected(8, 2200, '10.0.0.7'), connected(80, 443, '10.0.0.8')]
    expect(await admitted({ views, sockets, sshFiles: [7], sshPorts: [2023] })).toEqual({
      ...{ links: [], sshPorts: [22, 2022, 2023], sessionPorts: [2200] },
    })
  })

  it('where the agent is connected now, though the name of the controller leads elsewhere by now', async () => {
    const own = { paths: [], names: ['198.51.100.8'], links: [{ host: '198.51.100.8', port: 8443 }] }
    const views = [processOf({ pid: 95, name: 'chaos-lite-agen', agent: true, own: true })]
    const { links } = await admitted({ own, views, sockets: [connected(95, 50_001, '198.51.100.9', '10.0.0.5', 8443)] })
    expect(links).toEqual([
      { address: '198.51.100.8', port: 8443 },
      { address: '198.51.100.9', port: 8443 },
    ])
  })

  it('and cuts no tunnel that carries a session', async () => {
    const views = [processOf({ pid: 8, name: 'sshd-session' })]
    const context = await scene({ views, sockets: [connected(8, 22, '10.9.0.1', '10.9.0.5')] })
    await expect(prepare(networkBlock, context, everything)).rejects.toThrow(/works on this host through wg0/)
    await expect(prepare(networkBlock, context, { addresses: ['192.0.2.7'] })).resolves.toBeDefined()
    const known = {
      ...context,
      host: { ...context.host, guards: { ...context.host.guards, tunnelEnds: async () => ['192.0.2.7'] } },
    }
    await expect(prepare(networkBlock, known, { addresses: ['192.0.2.7'] })).rejects.toThrow(/far end of that tunnel/)
    await expect(prepare(networkBlock, known, { ...everything, except: ['192.0.2.0/24'] })).resolves.toBeDefined()
  })
})

describe('interface.down leaves whoever works on the host connected', () => {
  const params = { interface: 'lan1', reaches: { host: '10.1.0.9', port: 80 } }

  it('by the way to them', async () => {
    const views = [processOf({ pid: 8, name: 'sshd-session' })]
    const there = await scene({ views, sockets: [connected(8, 22, '10.1.0.9', '10.1.0.5')] })
    await expect(prepare(interfaceDown, there, params)).rejects.toMatchObject({ rule: 'built-in: SSH' })
    const elsewhere = await scene({ views, sockets: [connected(8, 22, '10.0.0.7')] })
    await expect(prepare(interfaceDown, elsewhere, params)).resolves.toBeDefined()
  })

  it('and SSH on the only address where it listens', async () => {
    const views = [processOf({ pid: 7, name: 'sshd' })]
    const only = await scene({ views, sockets: [listens(7, 22, '10.1.0.5')] })
    await expect(prepare(interfaceDown, only, params)).rejects.toThrow(/SSH listens on no address besides/)
    const both = await scene({ views, sockets: [listens(7, 22, '10.1.0.5'), listens(7, 22, '10.0.0.5')] })
    await expect(prepare(interfaceDown, both, params)).resolves.toBeDefined()
  })
})
