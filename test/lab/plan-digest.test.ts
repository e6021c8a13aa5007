import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInMenu, type Plan, traitsOf } from '@chaos-lite/shared'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, mountShare, SHARE, serveShare } from '../../scripts/lab/index.ts'
import { addAccount } from './support/accounts.ts'
import { followTime, serveTime } from './support/chrony.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { askNames, serveNames } from './support/name-server.ts'
import { serveSite } from './support/nginx.ts'
import { SECOND, SHOP, secondLine } from './support/second-line.ts'

const ERP = 'erp.example.test'
const NAMES = builtInMenu.actions.map(({ name }) => name)

const policy = `policy: 1
actions: [${NAMES.join(', ')}]
services: [nginx.service]
processes: [nginx]
names: [${ERP}]
addresses: [0.0.0.0/0, "::/0"]
ports: [all]
interfaces: [${SECOND}]
shares: [${SHARE.point}]
folders: [/srv/data]
files: [/srv/data/order.txt, /etc/nginx/lab.crt, /etc/nginx/lab.key]
accounts: [anna, carl]
groups: [dialout]
probePaths: [/srv/data, ${SHARE.point}]
probeHosts: [${ERP}, ${SHOP.host}, 10.77.0.0/16]
holdAtMost: 30m
`

/** Parameters for each action, so that a real host has something of each. */
const paramsOf: Readonly<Record<string, object>> = {
  'hosts.override': { entries: [{ name: ERP, address: '192.0.2.7' }] },
  'service.stop': { service: 'nginx' },
  'process.stop': { name: 'nginx' },
  'permission.revoke': { path: '/srv/data/order.txt', account: 'anna' },
  'membership.revoke': { account: 'carl', group: 'dialout' },
  'account.disable': { account: 'carl' },
  'data.quarantine': { folder: '/srv/data' },
  'disk.fill': { folder: '/srv/data', leavePercent: 20 },
  'cpu.load': { percent: 30, cores: 1 },
  'memory.fill': { leavePercent: 20, atMostMiB: 1024 },
  'io.load': { folder: '/srv/data', mibPerSecond: 3 },
  'timesync.stop': {},
  'network.block': { addresses: [SHOP.host], ports: [SHOP.port] },
  'dns.block': { name: ERP },
  'resolver.switch': { servers: ['192.0.2.53'], name: ERP, expectAddress: '192.0.2.7' },
  'interface.down': { interface: SECOND, reaches: SHOP },
  'host.restart': { backWithin: '5m' },
  'share.disconnect': { share: SHARE.point, file: SHARE.file },
  'certificate.replace': { service: 'nginx', certificate: '/etc/nginx/lab.crt', key: '/etc/nginx/lab.key' },
}

const drillName = (action: string) => `plans-${action.replaceAll('.', '-').toLowerCase()}`

/** A drill with one failure and nothing else. What takes the whole host away is seen by another one. */
function drillOf(action: string, params: object, address: string): string {
  const isSeenByAnother = traitsOf(action).restartsHost === true
  const watcher = isSeenByAnother ? '\n  watcher: { where: { role: spare }, exactly: 1 }' : ''
  const answers = `\n  site-answers: { probe: tcp, on: watcher, with: { host: ${address}, port: 80 }, every: 1s }`
  const effect = isSeenByAnother ? '\n    effect: { probe: site-answers, expect: down }' : ''
  return `drill: ${drillName(action)}
version: 1
title: One failure
why: Does the plan of this failure mean the same tomorrow?
params:
  hold: { type: duration, ask: How long does it stay?, default: 30s }
targets:
  server: { where: { role: server }, atMost: 2 }${watcher}
steadyState:
  site-runs: { probe: service, on: server, with: { service: nginx.service }, every: 2s }${isSeenByAnother ? answers : ''}
method:
  - name: fail
    inject: ${action}
    on: server
    with: ${JSON.stringify(params)}
    hold: "\${params.hold}"
    onLinkLoss: hold${effect}
`
}

async function setScene(lab: Lab): Promise<void> {
  const [server, spare, files] = [lab.host('server'), lab.host('spare'), lab.host('files')]
  await Promise.all([server, spare].map((host) => serveSite(host, { tls: [ERP], days: 90 })))
  await addAccount(server, { name: 'anna', password: 'secret', groups: ['sudo'] })
  await addAccount(server, { name: 'carl', password: 'secret', groups: ['dialout'] })
  await server.writeFile('/srv/data/order.txt', 'one\n')
  await server.enter(['setfacl', '--modify', 'user:anna:r', '/srv/data/order.txt'])
  await serveShare(files, server)
  await mountShare(server, files)
  await serveNames(files, { [ERP]: server.address })
  await askNames(server, files, ERP)
  await serveTime(files)
  await followTime(server, files.address)
  await secondLine(server)
}

/** A package that has to do with nothing here, in a version. */
async function upgrade(host: LabHost, version: string): Promise<void> {
  const control = `Package: spare-parts\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody\nDescription: none\n`
  await host.writeFile('/root/spare-parts/DEBIAN/control', control)
  await host.writeFile('/root/spare-parts/usr/share/spare-parts/version', version)
  await host.exec(['dpkg-deb', '--build', '/root/spare-parts', '/root/spare-parts.deb'])
  await host.exec(['dpkg', '--install', '/root/spare-parts.deb'])
}

describeLab('the digest of a plan', () => {
  let fleet: Fleet
  let server: LabHost
  let folder = ''
  const before = new Map<string, Plan>()
  const plan = (action: string, hold = '30s') => fleet.plan(drillName(action), { hold })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chaos-lite-drills-'))
    fleet = await startFleet({
      drills: folder,
      disk: 'ext4',
      hosts: { server: { labels: { role: 'server' }, policy }, spare: { labels: { role: 'spare' }, policy } },
      bystanders: ['files'],
      more: ['server', 'files'],
      devices: { server: ['/dev/fuse'] },
      scene: async (lab) => {
        for (const [action, params] of Object.entries(paramsOf))
          await writeFile(
            join(folder, `${drillName(action)}.yaml`),
            drillOf(action, params, lab.host('server').address),
          )
        await setScene(lab)
      },
    })
    server = fleet.host('server')
  })
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  test.each(NAMES)('of %s changes with a longer hold, and not by planning again', async (action) => {
    const first = await plan(action)
    before.set(action, first)
    expect((await plan(action)).digest).toBe(first.digest)
    expect((await plan(action, '45s')).digest).not.toBe(first.digest)
  })

  test('changes with one more host', async () => {
    await fleet.label('spare', { role: 'server' })
    const both = await plan('hosts.override')
    await fleet.label('spare', { role: 'spare' })
    expect(both.hosts).toHaveLength(2)
    expect(both.digest).not.toBe(before.get('hosts.override')?.digest)
  })

  test('a restart, another version of an unrelated package, and less free space between the plans', async () => {
    await upgrade(server, '1.0')
    expect(await server.reboot()).toBe('running')
    await upgrade(server, '2.0')
    await server.exec(['fallocate', '--length', '20M', '/srv/other'])
    await secondLine(server)
    await server.waitUntil(['test', '-e', SHARE.file])
    await server.waitUntil(['chronyc', 'waitsync', '1', '0.5'], { timeoutMs: 60_000 })
    await fleet.online('server')
  })

  test.each(NAMES)('of %s is the same afterwards', async (action) => {
    const [then, now] = [before.get(action), await plan(action)]
    expect(now.steps).toMatchObject(then?.steps.map(({ stepId, kind }) => ({ stepId, kind })) ?? [])
    expect(now.digest).toBe(then?.digest)
  })
})
