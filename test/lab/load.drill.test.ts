import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'
import { serveSite } from './support/nginx.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse, revertIdentical } from './support/rehearsal.ts'

const policy = `policy: 1
actions: [process.stop, disk.fill, cpu.load, memory.fill, io.load]
processes: [nginx]
services: [nginx.service]
folders: [/srv/data]
probePaths: [/var/lib/shop]
holdAtMost: 30m
`

/** Every case with CHAOS_LITE_CRASH=all; otherwise those that no unit test shows nearly as well. */
const THOROUGH = process.env.CHAOS_LITE_CRASH === 'all'

// A processor that is busy with other things lets few writes through: so few are enough.
const ACTIONS: [string, object][] = [
  ['process.stop', { name: 'nginx' }],
  ...(THOROUGH ? ([['process.stop', { service: 'nginx' }]] as [string, object][]) : []),
  ['disk.fill', { folder: '/srv/data', leavePercent: 20 }],
  ['io.load', { folder: '/srv/data', mibPerSecond: 3 }],
]

/** An application that writes all the time, on the same disk. */
const SHOP = `[Service]
StateDirectory=shop
ExecStart=/usr/bin/python3 -c "import time; [(open('/var/lib/shop/orders.txt', 'w').write('order'), time.sleep(0.3)) for _ in iter(int, 1)]"
[Install]
WantedBy=multi-user.target
`

async function setScene(lab: Lab): Promise<void> {
  const host = lab.host('plant')
  await serveSite(host)
  await host.writeFile('/srv/data/order.txt', 'one\n')
  await host.writeFile('/etc/systemd/system/shop.service', SHOP)
  await host.exec(['systemctl', 'enable', '--now', 'shop'])
}

/** How many processes of the site are suspended, as the host's own tools report. */
async function suspendedOf(host: LabHost, name: string): Promise<number> {
  const { stdout } = await host.enter(['ps', '-C', name, '-o', 'stat='], { check: false })
  return stdout.split('\n').filter((state) => state.startsWith('T')).length
}

/** How many load processes there are, by their command line. */
async function loadsOn(host: LabHost): Promise<number> {
  const { stdout } = await host.enter(['pgrep', '--full', '--count', 'chaos-lite-agent load'], { check: false })
  return Number(stdout)
}

/** Free room of the root file system, as df reports. */
async function freePercent(host: LabHost): Promise<number> {
  const { stdout } = await host.enter(['df', '--output=pcent', '/srv'])
  return 100 - Number.parseInt(stdout.split('\n')[1] ?? '', 10)
}

describeLab('loads and hanging processes', () => {
  let fleet: Fleet
  let host: LabHost

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: { plant: { labels: { role: 'server' }, policy } },
      disk: 'ext4',
      scene: setScene,
    })
    host = fleet.host('plant')
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  test.each(ACTIONS)('a rehearsal of %s %j is confirmed and leaves the host as it was', async (action, params) => {
    const changes = await fleet.changedBy(async () => {
      expect(await rehearse(host, action, params)).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
    expect(await suspendedOf(host, 'nginx')).toBe(0)
  })

  // Processors and memory are those of the machine that all hosts of the lab share, and a load comes after every other
  // program: whether it gets what it asks for cannot be said beforehand. Only the way back is certain.
  test.each<[string, object]>([
    ['cpu.load', { percent: 30, cores: 1 }],
    ['memory.fill', { leavePercent: 20, atMostMiB: 1024 }],
  ])('a rehearsal of %s leaves the host as it was', async (action, params) => {
    const changes = await fleet.changedBy(async () => {
      const done = await rehearse(host, action, params)
      expect(done).toMatchObject({ restoration: 'identical', effect: expect.stringMatching(/^(?:proved|not seen)$/) })
    })
    expect(changes).toEqual([])
    expect(await loadsOn(host)).toBe(0)
  })

  test('kill -9 of the agent ends its loads, and only what they left on the disk is rolled back', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'io.load', { folder: '/srv/data', mibPerSecond: 5 })
      expect(await loadsOn(host)).toBe(1)
      await host.enter(['systemctl', 'kill', '--kill-whom=main', '--signal=KILL', 'rehearsal.service'])
      await until('no load is left', async () => (await loadsOn(host)) === 0)
      await revertIdentical(host)
      await putBack(host)
    })
    expect(changes).toEqual([])
  })

  test('kill -9 while processes are suspended: they go on', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'process.stop', { name: 'nginx' })
      expect(await suspendedOf(host, 'nginx')).toBeGreaterThan(1)
      await killRehearsal(host)
      await revertIdentical(host)
      await putBack(host)
    })
    expect(changes).toEqual([])
    expect(await suspendedOf(host, 'nginx')).toBe(0)
  })

  test('kill -9 while the disk is almost full: the room comes back', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'disk.fill', { folder: '/srv/data', leavePercent: 20 })
      expect(await freePercent(host)).toBeLessThan(25)
      await killRehearsal(host)
      await revertIdentical(host)
      await putBack(host)
    })
    expect(changes).toEqual([])
    expect(await freePercent(host)).toBeGreaterThan(30)
  })

  test('a power cut while the disk is almost full, or hangs: the host is as it was', async () => {
    const changes = await fleet.changedBy(async () => {
      await host.sync()
      await beginRehearsal(host, 'disk.fill', { folder: '/srv/data', leavePercent: 20 })
      await host.powerCut()
      expect(await host.boot()).toBe('running')
      await putBack(host)
    })
    expect(changes).toEqual([])
    expect(await freePercent(host)).toBeGreaterThan(30)
  })

  const shop = { file: '/var/lib/shop/orders.txt', quiet: '20s' }

  test('disk-almost-full passes when the monitoring notices in time', async () => {
    const { run, differences } = await fleet.run('disk-almost-full', { params: shop, answers: { 'makes-room': 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.detect.met).toBe(true)
    expect(differences).toEqual([])
  })

  test('disk-almost-full fails when nobody hears of it', async () => {
    const { run, differences } = await fleet.run('disk-almost-full', {
      params: { ...shop, hold: '9s', alertWithin: '3s', answerWithin: '5s' },
      answers: { 'makes-room': 'yes' },
      onAlert: null,
    })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons.join('\n')).toMatch(/The expected alert did not come/)
    expect(differences).toEqual([])
  })

  test('a service that is restarted while its processes are suspended is left as it is', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'process.stop', { service: 'nginx' })
      await host.enter(['systemctl', 'kill', '--signal=KILL', 'nginx'])
      await host.enter(['systemctl', 'restart', 'nginx'])
      const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, outcomes: [{ restoration: 'ours undone' }] })
      await putBack(host)
    })
    expect(changes).toEqual([])
    await until('the site is served', async () => (await host.enter(['systemctl', 'is-active', 'nginx'])).code === 0)
  })

  if (THOROUGH) {
    test('a load that somebody ends is rolled back all the same', async () => {
      const changes = await fleet.changedBy(async () => {
        await beginRehearsal(host, 'memory.fill', { leavePercent: 20, atMostMiB: 128 })
        await host.enter(['pkill', '--signal', 'KILL', '--full', 'chaos-lite-agent load'])
        await revertIdentical(host)
        await putBack(host)
      })
      expect(changes).toEqual([])
    })

    test('somebody who removes the file is believed', async () => {
      await beginRehearsal(host, 'disk.fill', { folder: '/srv/data', leavePercent: 20 })
      await host.exec(['find', '/srv/data', '-name', '.chaos-lite-*-fill', '-delete'])
      const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, outcomes: [{ restoration: 'ours undone' }] })
      await putBack(host)
      expect((await host.enter(['ls', '-A', '/srv/data'])).stdout.trim()).toBe('order.txt')
    })
  }
})
