import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { nameHosts } from './support/names.ts'
import { serveSite } from './support/nginx.ts'

const SITE = 'erp.example.test'

const primary = `policy: 1
actions: [service.stop]
services: [nginx.service]
holdAtMost: 30m
`

const workstation = `policy: 1
actions: [hosts.override]
names: [${SITE}]
addresses: [10.77.0.0/16]
probeHosts: [${SITE}]
holdAtMost: 30m
`

const PLAIN = { scheme: 'http', port: 80 }
/** A drill that is not released early lasts as long as it may: short, with every relation as in the drill itself. */
const SHORT = { target: '4s', hold: '12s', switchHold: '8s', alertWithin: '3s', answerWithin: '4s' }

describeLab('failover-friday-dns', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: {
        primary: { labels: { role: 'erp-primary' }, policy: primary },
        desk: { labels: { role: 'workstation' }, policy: workstation },
        office: { labels: { role: 'workstation' }, policy: workstation },
      },
      bystanders: ['standby'],
      scene: async (lab) => {
        await Promise.all([serveSite(lab.host('primary')), serveSite(lab.host('standby'))])
        const address = lab.host('primary').address
        await Promise.all(['desk', 'office'].map((name) => nameHosts(lab.host(name), { [SITE]: address })))
      },
    })
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const params = () => ({ ...PLAIN, standby: fleet.host('standby').address })

  test('passes when workstations reach the standby in time', async () => {
    const { url } = await fleet.api.get<{ url: string }>('drills/failover-friday-dns/alert-address')
    const said = JSON.stringify({ status: 'firing', text: 'the primary is down' })
    const monitoring = ['curl', '--silent', '--fail', '--insecure', '--request', 'POST', '--data', said, url]
    const { run, differences } = await fleet.run('failover-friday-dns', {
      params: params(),
      answers: { 'release-desk': 'yes' },
      onAlert: async () => void (await fleet.host('standby').exec(monitoring)),
    })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.switch).toMatchObject({ met: true })
    expect(run.objectives.detect).toMatchObject({ met: true })
    expect(run.objectives.recover).toMatchObject({ met: true })
    expect(run.alerts[0]?.received?.via).toBe('webhook')
    // One outage for each workstation: the service is back before the name points to it again.
    const steady = run.probes.filter(({ role }) => role === 'steady')
    const outages = steady.map(({ transitions }) => transitions.filter(({ status }) => status === 'down').length)
    expect(outages).toEqual([1, 1])
    expect(differences).toEqual([])
  })

  test('fails because the switch target is missed when the standby is dead', async () => {
    await fleet.host('standby').exec(['systemctl', 'stop', 'nginx'])
    const { run, differences } = await fleet.run('failover-friday-dns', {
      params: { ...params(), ...SHORT },
      answers: { 'release-desk': 'yes' },
    })
    await fleet.host('standby').exec(['systemctl', 'start', 'nginx'])
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.switch.met).not.toBe(true)
    expect(run.reasons.filter((reason) => reason.startsWith('Time to switch over'))).toHaveLength(1)
    expect(differences).toEqual([])
  })
})
