import type { Run } from '@chaos-lite/shared'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { nameHosts } from './support/names.ts'
import { serveSite } from './support/nginx.ts'

const SITE = 'erp.example.test'

const primary = `policy: 1
actions: [service.stop]
services: [nginx.service]
`
const desk = `policy: 1
actions: [hosts.override]
names: [${SITE}]
addresses: [10.77.0.0/16]
probeHosts: [${SITE}]
`
const SHORT = { target: '6s', hold: '16s', switchHold: '10s', alertWithin: '3s', answerWithin: '6s' }

describeLab('a failure that somebody else ends', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: {
        primary: { labels: { role: 'erp-primary' }, policy: primary },
        desk: { labels: { role: 'workstation' }, policy: desk },
      },
      bystanders: ['standby'],
      scene: async (lab) => {
        await Promise.all([serveSite(lab.host('primary')), serveSite(lab.host('standby'))])
        await nameHosts(lab.host('desk'), { [SITE]: lab.host('primary').address })
      },
    })
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const params = () => ({ scheme: 'http', port: 80, standby: fleet.host('standby').address, ...SHORT })
  const rowOf = (run: Run, stepId: string) => run.steps.find((step) => step.stepId === stepId)?.hosts[0]

  /** Runs the drill; `acts` are done once their step is in place and was seen to be. */
  async function drill(acts: Record<string, () => Promise<unknown>>): Promise<{ run: Run; differences: string[] }> {
    const before = await fleet.manifests()
    const { runId } = await fleet.start('failover-friday-dns', params())
    const done = new Map<string, Promise<unknown>>()
    const look = (run: Run): boolean => {
      for (const [stepId, act] of Object.entries(acts)) {
        const step = run.steps.find((one) => one.stepId === stepId)
        if (step?.effect.state === 'seen' && !done.has(stepId)) done.set(stepId, act())
      }
      return run.outcome !== null
    }
    const run = await fleet.controller.context.runBook.until(runId, look, { withinMs: 120_000 })
    if (run === null) throw new Error(`run ${runId} did not end`)
    await Promise.all(done.values())
    return { run, differences: await fleet.differences(before) }
  }

  test('fails the run and says so: an administrator starts the service, a tool writes the hosts file anew', async () => {
    const original = await fleet.host('desk').readFile('/etc/hosts')
    const { run } = await drill({
      'stop-primary': () => fleet.host('primary').exec(['systemctl', 'start', 'nginx']),
      'switch-name': () => fleet.host('desk').writeFile('/etc/hosts', `${original}192.0.2.9 printer\n`),
    })
    expect(run.outcome).toBe('failed')
    expect(run.reasons).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/stop-primary did not last on primary: somebody else rolled it back/),
        expect.stringMatching(/switch-name did not last on desk: somebody else changed the same thing/),
      ]),
    )
    expect(rowOf(run, 'stop-primary')?.kept.join()).toContain('nginx.service had been started again already')
    expect(rowOf(run, 'switch-name')).toMatchObject({ restoration: 'ours undone' })
    expect(await fleet.host('desk').readFile('/etc/hosts')).toBe(`${original}192.0.2.9 printer\n`)
    await fleet.host('desk').writeFile('/etc/hosts', original)
  })

  test('is rolled back at once when the host is halted, and nothing is started until that is lifted', async () => {
    const host = fleet.host('primary')
    const { run, differences } = await drill({
      'stop-primary': () => host.exec(['touch', '/etc/chaos-lite/halt']),
    })
    expect(rowOf(run, 'stop-primary')).toMatchObject({ cause: 'halt', restoration: 'identical' })
    expect(rowOf(run, 'stop-primary')?.effectLost).toBeNull()
    await host.exec(['rm', '/etc/chaos-lite/halt'])
    expect(differences.filter((line) => !line.includes('/etc/chaos-lite'))).toEqual([])
  })
})
