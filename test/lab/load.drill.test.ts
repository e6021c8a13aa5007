import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'
import { serveSite } from './support/nginx.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse } from './support/rehearsal.ts'

const policy = `policy: 1
actions: [process.stop]
processes: [nginx]
services: [nginx.service]
holdAtMost: 30m
`

const ACTIONS: [string, object][] = [
  ['process.stop', { name: 'nginx' }],
  ['process.stop', { service: 'nginx' }],
]

async function setScene(lab: Lab): Promise<void> {
  await serveSite(lab.host('plant'))
}

/** How many processes of the site are suspended, as the host's own tools tell. */
async function suspendedOf(host: LabHost, name: string): Promise<number> {
  const { stdout } = await host.enter(['ps', '-C', name, '-o', 'stat='], { check: false })
  return stdout.split('\n').filter((state) => state.startsWith('T')).length
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

  /** What the independent tool finds changed by an act. */
  async function changedBy(act: () => Promise<void>): Promise<string[]> {
    const before = await fleet.manifests()
    await act()
    return await fleet.differences(before)
  }

  test.each(ACTIONS)('a rehearsal of %s %j is confirmed and leaves the host as it was', async (action, params) => {
    const changes = await changedBy(async () => {
      expect(await rehearse(host, action, params)).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
    expect(await suspendedOf(host, 'nginx')).toBe(0)
  })

  test('kill -9 while processes are suspended: they go on', async () => {
    const changes = await changedBy(async () => {
      await beginRehearsal(host, 'process.stop', { name: 'nginx' })
      expect(await suspendedOf(host, 'nginx')).toBeGreaterThan(1)
      await killRehearsal(host)
      const { code, stdout } = await agentCommand(host, ['revert', '--all', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, open: 0, outcomes: [{ restoration: 'identical' }] })
      expect(code).toBe(0)
      await putBack(host)
    })
    expect(changes).toEqual([])
    expect(await suspendedOf(host, 'nginx')).toBe(0)
  })

  test('a service that is restarted while its processes are suspended is left as it is', async () => {
    const changes = await changedBy(async () => {
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
})
