import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { diffManifests, Lab, type LabHost, type Manifest } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { installationMedia } from './support/install.ts'

const AGENT = '/usr/local/bin/chaos-lite-agent'
const NAME = 'erp.example.test'
const policy = `policy: 1
actions: [hosts.override]
names: [${NAME}]
addresses: [192.0.2.0/24]
`

describeLab('the failsafe of a host with systemd', () => {
  let lab: Lab
  let host: LabHost
  let before: Manifest

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['box'], disk: 'ext4', binds: await installationMedia() })
    host = lab.host('box')
    await host.writeFile('/root/policy.yaml', policy)
    // As a packager would: the files only, without a controller.
    const install = [
      'sh',
      '/mnt/install-agent.sh',
      '--binary',
      '/mnt/chaos-lite-agent',
      '--policy',
      '/root/policy.yaml',
    ]
    await host.exec(install, { env: { DESTDIR: '/' } })
    await host.exec(['systemctl', 'daemon-reload'])
  })
  afterAll(async () => await lab?.down())

  beforeEach(async () => {
    await host.sync()
    before = await host.manifest()
  })

  /** A rehearsal as a unit of its own; returns when the failure is in place. */
  async function rehearse(hold: string): Promise<void> {
    const params = JSON.stringify({ entries: [{ name: NAME, address: '192.0.2.7' }] })
    const rehearsal = [AGENT, 'rehearse', 'hosts.override', '--with', params, '--hold', hold, '--yes']
    await host.enter(['systemd-run', '--quiet', '--collect', '--unit=rehearsal', '--', ...rehearsal])
    const isInjected = async () => (await status()).includes('"state":"injected"')
    await host.waitUntil(isInjected)
    expect(await host.readFile('/etc/hosts')).toContain('192.0.2.7')
  }

  async function status(): Promise<string> {
    return (await host.enter([AGENT, 'status', '--json'], { check: false })).stdout
  }

  const isBack = async () => (await status()).includes('"open":[]')

  async function expectIdentical(): Promise<void> {
    expect(await host.readFile('/etc/hosts')).not.toContain(NAME)
    // The unit that this test rehearsed in takes a moment to go.
    const units = ['systemctl', 'list-units', '--all', '--no-legend', 'rehearsal.service']
    await host.waitUntil(async () => (await host.enter(units)).stdout.trim() === '')
    expect(diffManifests(before, await host.manifest())).toEqual([])
  }

  test('is required: without the boot unit nothing is touched', async () => {
    const params = JSON.stringify({ entries: [{ name: NAME, address: '192.0.2.7' }] })
    const argv = [AGENT, 'rehearse', 'hosts.override', '--with', params, '--yes', '--json']
    const { code, stdout } = await host.exec(argv, { check: false })
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'failsafe-unavailable' })
    await expectIdentical()
    await host.exec([
      'systemctl',
      'enable',
      '--quiet',
      'chaos-lite-recover-early.service',
      'chaos-lite-recover.service',
    ])
  })

  test('is armed with both triggers while a failure is in place, and gone afterwards', async () => {
    await rehearse('10m')
    const timer = (await host.enter(['systemctl', 'list-timers', '--all', '--no-legend'])).stdout
    expect(timer).toContain('chaos-lite-failsafe-')
    const unit = /chaos-lite-failsafe-\w+\.timer/.exec(timer)?.[0] ?? ''
    const shown = (await host.enter(['systemctl', 'show', unit, '--property=TimersMonotonic,TimersCalendar'])).stdout
    expect(shown).toMatch(/OnActiveUSec=/)
    expect(shown).toMatch(/OnCalendar=/)
    await host.enter(['systemctl', 'kill', '--signal=TERM', 'rehearsal'])
    await host.waitUntil(isBack)
    const left = (await host.enter(['systemctl', 'list-units', '--all', '--no-legend', 'chaos-lite-failsafe*'])).stdout
    expect(left.trim()).toBe('')
    await expectIdentical()
  })

  test('rolls back when the agent was killed', async () => {
    // Long enough to be seen and struck on a machine with much else to do.
    await rehearse('10s')
    await host.enter(['systemctl', 'kill', '--signal=KILL', 'rehearsal'])
    expect(await isBack()).toBe(false)
    await host.waitUntil(isBack)
    await expectIdentical()
  })

  test('rolls back at boot when the power was cut', async () => {
    await rehearse('10m')
    await host.powerCut()
    await host.boot()
    await host.waitUntil(isBack)
    await expectIdentical()
  })
})
