import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lab } from '../../scripts/lab/index.ts'
import { followTime, serveTime } from './support/chrony.ts'
import { shareQueue } from './support/cups.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { personDn, serveDirectory } from './support/ldap.ts'
import { nameHosts } from './support/names.ts'
import { serveDatabase } from './support/postgres.ts'

const serverPolicy = `policy: 1
actions: [service.stop]
services: [slapd.service, cups.service, postgresql@*]
probePaths: [/var/spool]
holdAtMost: 30m
`

const clientPolicy = `policy: 1
actions: [timesync.stop]
credentials: [directory]
probeHosts: ["*.example.test"]
holdAtMost: 30m
`

const credentials = `directory:
  driver: ldap
  url: ldap://dc.example.test
  dn: ${personDn('bench')}
  password: secret
  clearText: accepted
`

async function setScene(lab: Lab): Promise<void> {
  const server = lab.host('server')
  const clients = [lab.host('bench'), lab.host('desk')]
  const names = ['dc', 'db', 'print'].map((name) => [`${name}.example.test`, server.address])
  await Promise.all(clients.map((host) => nameHosts(host, Object.fromEntries(names))))
  await serveDirectory(server, [{ uid: 'bench', password: 'secret' }])
  await serveDatabase(server, { name: 'lims', user: 'lims', password: 'secret' })
  await shareQueue(server)
  await serveTime(lab.host('clock'))
  await Promise.all(clients.map((host) => followTime(host, lab.host('clock').address)))
}

describeLab('services that others rely on', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: {
        server: { policy: serverPolicy },
        bench: { policy: clientPolicy, credentials },
        desk: { policy: clientPolicy, credentials },
      },
      bystanders: ['clock'],
      scene: setScene,
    })
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const roles = (server: string, clients: string) => ({
    server: { role: server },
    bench: { role: clients },
    desk: { role: clients },
  })
  const directory = { labels: roles('domain-controller', 'instrument') }

  test('domain-controller-offline passes when the laboratory can go on', async () => {
    const { run, differences } = await fleet.run('domain-controller-offline', {
      ...directory,
      answers: { laboratory: 'yes' },
    })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(run.steps.find((step) => step.stepId === 'stop-directory')?.effect.seenOn).toHaveLength(2)
    expect(differences).toEqual([])
  })

  test('domain-controller-offline fails when the laboratory stands still', async () => {
    const { run, differences } = await fleet.run('domain-controller-offline', {
      ...directory,
      answers: { laboratory: 'no' },
    })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons).toEqual([expect.stringMatching(/release a test.* was answered “no”/)])
    expect(differences).toEqual([])
  })

  const printing = { labels: roles('print-server', 'workstation') }

  test('print-spooler-down passes when shipping knows another way', async () => {
    const { run, differences } = await fleet.run('print-spooler-down', { ...printing, answers: { shipping: 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(differences).toEqual([])
  })

  test('print-spooler-down fails when nothing leaves the house', async () => {
    const { run, differences } = await fleet.run('print-spooler-down', { ...printing, answers: { shipping: 'partly' } })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons).toEqual([expect.stringMatching(/urgent shipment.* was answered “partly”/)])
    expect(differences).toEqual([])
  })

  const database = { labels: roles('database', 'application') }
  const cluster = { service: 'postgresql@15-main' }

  test('database-service-stop passes when users get a clear message', async () => {
    const { run, differences } = await fleet.run('database-service-stop', {
      ...database,
      params: cluster,
      answers: { users: 'yes' },
    })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(differences).toEqual([])
  })

  test('database-service-stop fails when nobody notices', async () => {
    const { run, differences } = await fleet.run('database-service-stop', {
      ...database,
      params: { ...cluster, hold: '9s', alertWithin: '3s', answerWithin: '5s' },
      answers: { users: 'yes' },
      onAlert: null,
    })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons.join('\n')).toMatch(/The expected alert did not come/)
    expect(run.objectives.detect.met).not.toBe(true)
    expect(differences).toEqual([])
  })

  const time = { labels: roles('none', 'timed') }

  test('time-source-lost passes when somebody would have noticed', async () => {
    const { run, differences } = await fleet.run('time-source-lost', { ...time, answers: { 'quality-manager': 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(differences).toEqual([])
  })

  test('time-source-lost fails when nobody answers', async () => {
    const { run, differences } = await fleet.run('time-source-lost', {
      ...time,
      params: { answerWithin: '3s', hold: '8s' },
    })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons).toEqual([expect.stringMatching(/was not answered by quality-manager in time/)])
    expect(differences).toEqual([])
  })
})
