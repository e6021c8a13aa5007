import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lab, type LabHost } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { agentCommand, installationMedia } from './support/install.ts'
import { serveSite } from './support/nginx.ts'
import { beginRehearsal, putBack, rehearse } from './support/rehearsal.ts'
import { activeUnits, shapes, startShapes } from './support/shapes.ts'

const policy = `policy: 1
actions: [service.stop]
services: ["shape-*", nginx.service]
holdAtMost: 30m
`

describeLab('a stop, and the other units of the host', () => {
  let lab: Lab
  let host: LabHost

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['box'], binds: await installationMedia() })
    host = lab.host('box')
    await serveSite(host)
    await host.writeFile('/root/policy.yaml', policy)
    const files = ['--binary', '/mnt/chaos-lite-agent', '--policy', '/root/policy.yaml']
    await host.exec(['sh', '/mnt/install-agent.sh', ...files], { env: { DESTDIR: '/' } })
    await startShapes(host)
    const boot = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service']
    await host.exec(['systemctl', 'enable', '--quiet', ...boot])
  })
  afterAll(async () => await lab?.down())

  /** What the plan of a stop says, without beginning it: nobody agrees. */
  async function planOf(service: string): Promise<string> {
    const how = ['rehearse', 'service.stop', '--with', JSON.stringify({ service }), '--hold', '1s']
    return (await agentCommand(host, how)).stdout
  }

  test.each(shapes)('$what: named in the plan, and as before afterwards', async ({ service, active, named = [] }) => {
    const before = await activeUnits(host)
    expect(before).toEqual(expect.arrayContaining(active))
    const plan = await planOf(service)
    for (const name of named) expect(plan).toContain(name)
    expect(await rehearse(host, 'service.stop', { service })).toMatchObject({ ok: true, restoration: 'identical' })
    expect(await activeUnits(host)).toEqual(before)
  })

  test('a service generated from a script of init.d is as before', async () => {
    const before = await activeUnits(host)
    expect(before).toContain('shape-sysv.service')
    const tried = await rehearse(host, 'service.stop', { service: 'shape-sysv' })
    expect(tried).toMatchObject({ ok: true, restoration: 'identical' })
    expect(await activeUnits(host)).toEqual(before)
  })

  const drill = async (during: string) => {
    await beginRehearsal(host, 'service.stop', { service: 'shape-a' })
    await host.exec(['sh', '-c', during])
    const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
    const { outcomes } = JSON.parse(stdout) as { outcomes: { restoration: string; kept: string[]; byHand: string }[] }
    return outcomes[0]
  }
  const state = async (unit: string) =>
    (await host.enter(['systemctl', 'is-active', unit], { check: false })).stdout.trim()

  test('a oneshot that ends meanwhile is not started again, and is no difference', async () => {
    const oneshot = '[Service]\nType=oneshot\nExecStart=/bin/sh -c "while [ ! -e /run/end ]; do sleep 0.1; done"\n'
    await host.writeFile('/etc/systemd/system/shape-once.service', oneshot)
    await host.exec(['systemctl', 'daemon-reload'])
    await host.exec(['systemctl', 'start', '--no-block', 'shape-once'])
    const wait = 'touch /run/end; while [ "$(systemctl is-active shape-once)" != inactive ]; do sleep 0.1; done'
    expect(await drill(wait)).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await state('shape-once')).toBe('inactive')
    await putBack(host)
  })

  test('a service that a person stops meanwhile is named and stays stopped', async () => {
    const outcome = await drill('systemctl stop shape-h')
    expect(outcome).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('shape-h.service')] })
    expect(await state('shape-h')).toBe('inactive')
    await host.exec(['systemctl', 'start', 'shape-h'])
    await putBack(host)
  })

  test('a service that dies meanwhile is named, and the host is identical once it runs again', async () => {
    const dies =
      'systemctl kill --signal=KILL shape-d4; while [ "$(systemctl is-active shape-d4)" != failed ]; do sleep 0.1; done'
    const outcome = await drill(dies)
    expect(outcome?.restoration).toBe('unknown')
    expect(outcome?.byHand).toContain('shape-d4.service')
    expect(await state('shape-d4')).toBe('failed')
    await host.exec(['systemctl', 'start', 'shape-d4'])
    const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, open: 0, outcomes: [{ restoration: 'identical' }] })
    await putBack(host)
  })

  const refused = async (service: string, reason: RegExp) => {
    const tried = await rehearse(host, 'service.stop', { service })
    expect(tried).toMatchObject({ exitCode: 2, ok: false, code: 'cannot-restore' })
    expect(tried.reason).toMatch(reason)
    expect((await host.enter(['systemctl', 'is-active', service])).stdout.trim()).toBe('active')
  }

  test('nginx with a broken file in conf.d', async () => {
    await host.writeFile('/etc/nginx/conf.d/broken.conf', 'server { bogus; }\n')
    await refused('nginx', /nginx -t .*unknown directive .*broken\.conf:1/)
    await host.exec(['rm', '/etc/nginx/conf.d/broken.conf'])
  })

  test('a unit whose program is gone, and one that changed on disk', async () => {
    await host.exec(['cp', '/bin/sleep', '/usr/local/bin/shape-sleep'])
    // Started only when the program runs: it is removed right after that.
    const unit = '[Service]\nType=exec\nExecStart=/usr/local/bin/shape-sleep 1000000\n'
    await host.writeFile('/etc/systemd/system/shape-gone.service', unit)
    await host.exec(['sh', '-c', 'systemctl daemon-reload; systemctl start shape-gone; rm /usr/local/bin/shape-sleep'])
    await refused('shape-gone', /runs \/usr\/local\/bin\/shape-sleep, which is missing/)
    await host.exec(['touch', '--date=+1 hour', '/etc/systemd/system/shape-gone.service'])
    await refused('shape-gone', /systemctl daemon-reload/)
  })
})
