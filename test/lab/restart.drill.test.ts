import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Drills, drillsWith } from './support/drills.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { nameHosts } from './support/names.ts'
import { serveSite } from './support/nginx.ts'
import { putBack, rehearse } from './support/rehearsal.ts'
import { thoroughly } from './support/thoroughly.ts'

const policy = `policy: 1
actions: [host.restart]
holdAtMost: 30m
`
const watching = `policy: 1
probeHosts: [erp.example.test]
`

/** Runs, although no boot would start it. */
const BY_HAND = `[Service]
ExecStart=/bin/sleep infinity
`

/** A host of the lab is up again in less than a second, between two looks of a probe; a server is not. */
const SLOW = `[Service]
ExecStartPre=/bin/sleep 4
`

describeLab('server-restart', () => {
  let fleet: Fleet
  let drills: Drills

  beforeAll(async () => {
    // The same drill, less patient: how long it waits is no part of what it says in the end.
    const within = { 'within: 90s': 'within: 5s' }
    drills = await drillsWith({ 'server-lost': { from: 'server-restart', replace: within } })
    fleet = await startFleet({
      drills: drills.folder,
      hosts: {
        erp: { labels: { role: 'server-to-restart' }, policy },
        desk: { labels: { role: 'workstation' }, policy: watching },
      },
      disk: 'ext4',
      scene: async (lab) => {
        const [erp, desk] = [lab.host('erp'), lab.host('desk')]
        await serveSite(erp)
        await erp.writeFile('/etc/systemd/system/nginx.service.d/slow.conf', SLOW)
        await erp.writeFile('/etc/systemd/system/by-hand.service', BY_HAND)
        await erp.exec(['systemctl', 'daemon-reload'])
        await erp.exec(['systemctl', 'start', 'by-hand'])
        await nameHosts(desk, { 'erp.example.test': erp.address })
      },
    })
  })
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await drills?.[Symbol.asyncDispose]()
  })

  const bootId = async () => (await fleet.host('erp').readFile('/proc/sys/kernel/random/boot_id')).trim()
  /** The boot has come to its end, and what was rolled back in it is closed. */
  async function settled(): Promise<void> {
    await fleet.online('erp')
    await putBack(fleet.host('erp'))
  }

  test('passes when everything comes back, also what no boot starts', async () => {
    const boot = await bootId()
    const before = await fleet.manifests()
    const { runId } = await fleet.start('server-restart')
    const run = await fleet.ended(runId, { answers: { department: 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.outage).toMatchObject({ met: true })
    expect(await bootId()).not.toBe(boot)
    const [row] = run.steps.flatMap((step) => step.hosts)
    expect(row).toMatchObject({ cause: 'recovery', injected: expect.anything(), revertEnded: expect.anything() })
    expect(row?.compared).toContainEqual({ item: 'by-hand.service', before: 'active', now: 'active', same: true })
    expect(row?.compared).toContainEqual({ item: 'nginx.service', before: 'active', now: 'active', same: true })
    await settled()
    expect(await fleet.differences(before)).toEqual([])
  })

  test('fails when it takes longer than it may', async () => {
    const before = await fleet.manifests()
    const { runId } = await fleet.start('server-restart', { backWithin: '1s' })
    const run = await fleet.ended(runId, { answers: { department: 'yes' } })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons).toEqual([expect.stringMatching(/^Time without service: target 1(\.0)? s/)])
    await settled()
    expect(await fleet.differences(before)).toEqual([])
  })

  thoroughly('a rehearsal is rolled back by the boot, and does not hold the restart up', async () => {
    const [boot, before] = [await bootId(), await fleet.manifests()]
    const erp = fleet.host('erp')
    const order = ['rehearse', 'host.restart', '--with', '{}', '--hold', '10m', '--yes']
    await erp.enter(['systemd-run', '--quiet', '--collect', '--', '/usr/local/bin/chaos-lite-agent', ...order])
    const isUp = async () => (await bootId().catch(() => boot)) !== boot
    await until('it was restarted', isUp, { timeoutMs: 60_000 })
    await settled()
    expect(await fleet.differences(before)).toEqual([])
  })

  test('is refused while packages are being installed', async () => {
    const erp = fleet.host('erp')
    await erp.enter(['cp', '/bin/sleep', '/run/dpkg'])
    await erp.exec(['systemd-run', '--quiet', '--unit=installing', '/run/dpkg', '600'])
    await until('it runs', async () => (await erp.enter(['pgrep', '-x', 'dpkg'], { check: false })).code === 0)
    await expect(fleet.plan('server-restart')).rejects.toThrow(/dpkg is at work/)
    expect(await rehearse(erp, 'host.restart', {})).toMatchObject({ exitCode: 2, ok: false, code: 'wrong-state' })
    await erp.exec(['systemctl', 'stop', 'installing'])
    await erp.enter(['rm', '/run/dpkg'])
  })

  thoroughly(
    'a host that does not come back is no pass and stays named; when it boots at last, the record gets its end',
    async () => {
      const [erp, before] = [fleet.host('erp'), await fleet.manifests()]
      const { runId } = await fleet.start('server-lost', { backWithin: '1s', giveUp: '5s', answerWithin: '1s' })
      await until('it goes down', async () => !(await erp.isUp()), { timeoutMs: 60_000, everyMs: 5 })
      await erp.powerCut()
      const run = await fleet.ended(runId)
      expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'pending' })
      expect(run.reasons).toContain('erp has not reported yet whether everything was rolled back.')
      expect(await fleet.view('erp')).toMatchObject({ online: false, busyRunId: null, unconfirmedRunId: runId })

      await erp.boot()
      await settled()
      const { runBook } = fleet.controller.context
      const later = await runBook.until(runId, ({ restoration }) => restoration !== 'pending', { withinMs: 30_000 })
      expect(later).toMatchObject({ outcome: 'failed', restoration: 'identical' })
      expect(later?.late.map(({ note }) => note)).toEqual([
        'erp reported after the run had ended: identical (was: pending).',
      ])
      expect(await fleet.view('erp')).toMatchObject({ online: true, unconfirmedRunId: null })
      expect(await fleet.differences(before)).toEqual([])
    },
  )
})
