import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { diffManifests, Lab, type LabHost, type Manifest, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { installationMedia } from './support/install.ts'
import { serveSite } from './support/nginx.ts'

const AGENT = '/usr/local/bin/chaos-lite-agent'
const STATE = '/var/lib/chaos-lite'
const KEPT = `${STATE}/bin/kept`
const NAME = 'erp.example.test'
const EARLY = 'chaos-lite-recover-early.service'
const LATE = 'chaos-lite-recover.service'
const policy = `policy: 1
actions: [hosts.override, service.stop]
names: [${NAME}]
addresses: [192.0.2.0/24]
services: [nginx]
`

describeLab('rolling back by others than the agent', () => {
  let lab: Lab
  let host: LabHost
  let before: Manifest

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['box'], binds: await installationMedia() })
    host = lab.host('box')
    await host.writeFile('/root/policy.yaml', policy)
    const files = ['--binary', '/mnt/chaos-lite-agent', '--policy', '/root/policy.yaml']
    await host.exec(['sh', '/mnt/install-agent.sh', ...files], { env: { DESTDIR: '/' } })
    await host.exec(['systemctl', 'daemon-reload'])
    await host.exec(['systemctl', 'enable', '--quiet', EARLY, LATE])
    await serveSite(host)
  })
  afterAll(async () => await lab?.down())

  beforeEach(async () => {
    before = await host.manifest()
  })
  afterEach(async () => {
    await rehearsalGone()
    expect(diffManifests(before, await host.manifest())).toEqual([])
  })

  const status = async (program = AGENT) => (await host.enter([program, 'status', '--json'], { check: false })).stdout
  const isBack = async (program = AGENT) => (await status(program)).includes('"open":[]')
  const show = async (unit: string, property: string) =>
    (await host.enter(['systemctl', 'show', '--value', `--property=${property}`, unit])).stdout.trim()
  const rehearsalGone = () => host.waitUntil(async () => (await show('rehearsal.service', 'LoadState')) === 'not-found')
  const logOf = async (unit: string) =>
    (await host.enter(['journalctl', '--boot', '--no-pager', '--output=cat', `--unit=${unit}`])).stdout

  /** A rehearsal as a unit of its own; returns the id of its record when the failure is in place. */
  async function rehearse(action: string, params: object): Promise<string> {
    const rehearsal = [AGENT, 'rehearse', action, '--with', JSON.stringify(params), '--hold', '10m', '--yes']
    await host.enter(['systemd-run', '--quiet', '--collect', '--unit=rehearsal', '--', ...rehearsal])
    return await until('the failure is in place', async () => {
      const said = await status()
      return said.includes('"state":"injected"') && /"recordId":"(\w+)"/.exec(said)?.[1]
    })
  }

  const otherAddress = () => rehearse('hosts.override', { entries: [{ name: NAME, address: '192.0.2.7' }] })
  const kill = () => host.enter(['systemctl', 'kill', '--signal=KILL', 'rehearsal'])

  test('the units are sound, and bring no order into the boot that cannot be kept', async () => {
    const kept = ['chaos-lite-recover-early-kept.service', 'chaos-lite-recover-kept.service']
    const units = [EARLY, LATE, ...kept].map((unit) => `/etc/systemd/system/${unit}`)
    const { stdout, stderr } = await host.exec(['systemd-analyze', 'verify', '--man=no', ...units], { check: false })
    // The kept copy is there from the first failure on.
    const said = `${stdout}${stderr}`.split('\n').filter((line) => !line.includes(`${KEPT} is not executable`))
    expect(said.join('\n')).not.toMatch(/chaos-lite|cycle/)
    expect(await host.reboot()).toBe('running')
    const { stdout: log } = await host.enter(['journalctl', '--boot', '--no-pager', '--output=cat'])
    expect(log).not.toMatch(/ordering cycle/i)
    // Nothing was open: neither of them cost anything.
    expect([await show(EARLY, 'ConditionResult'), await show(LATE, 'ConditionResult')]).toEqual(['no', 'no'])
    expect(await show('chaos-lite-recover-early-kept.service', 'ConditionResult')).toBe('no')
  })

  test('files are back before services start', async () => {
    await otherAddress()
    await host.crash()
    expect(await host.boot()).toBe('running')
    await host.waitUntil(isBack)
    expect(await logOf(EARLY)).toContain('identical')
    const [back, sysinit] = await Promise.all([
      show(EARLY, 'ExecMainExitTimestampMonotonic'),
      show('sysinit.target', 'ActiveEnterTimestampMonotonic'),
    ])
    expect(Number(back)).toBeGreaterThan(0)
    expect(Number(back)).toBeLessThan(Number(sysinit))
    expect(await show(LATE, 'ConditionResult')).toBe('no')
  })

  test('a service that does not start at boot is started again, once services can be', async () => {
    await host.exec(['systemctl', 'disable', '--quiet', 'nginx'])
    before = await host.manifest()
    await rehearse('service.stop', { service: 'nginx' })
    await host.crash()
    await host.boot()
    await host.waitUntil(isBack)
    expect(await show('nginx', 'ActiveState')).toBe('active')
    expect(await logOf(EARLY)).toContain('nothing to roll back')
    expect(await logOf(LATE)).toContain('identical')
    await host.exec(['systemctl', 'enable', '--quiet', 'nginx'])
    before = await host.manifest()
  })

  test.each([
    ['gone', 'the second phase', () => rehearse('service.stop', { service: 'nginx' })],
    ['garbage', 'the first phase', () => otherAddress()],
  ])('where the installed program is %s, the kept copy rolls back in %s', async (spoil, _phase, inject) => {
    const program = (await host.enter(['readlink', '--canonicalize', AGENT])).stdout.trim()
    await host.exec(['systemctl', spoil === 'gone' ? 'disable' : 'enable', '--quiet', 'nginx'])
    before = await host.manifest()
    await inject()
    await host.enter(['mv', program, `${program}.aside`])
    if (spoil === 'garbage') await host.writeFile(program, 'garbage', 0o755)
    await host.crash()
    await host.boot()
    await host.waitUntil(() => isBack(KEPT))
    await host.enter(['mv', '-f', `${program}.aside`, program])
    // The units of the installed program are rightly shown as failed.
    const failed = (await host.enter(['systemctl', 'list-units', '--failed', '--plain', '--no-legend'])).stdout
    expect(failed).toContain(spoil === 'gone' ? LATE : EARLY)
    expect(failed).not.toContain('kept')
    await host.enter(['systemctl', 'reset-failed'])
    // The program itself was moved there and back, by this test.
    const changed = diffManifests(before, await host.manifest())
    expect(changed.filter((line) => !line.includes('/usr/local/lib/chaos-lite'))).toEqual([])
    if (spoil === 'gone') await host.exec(['systemctl', 'enable', '--quiet', 'nginx'])
    else expect(await host.readFile('/etc/hosts')).not.toContain(NAME)
    before = await host.manifest()
  })

  test('a recovery that crashes, twice in a row, is begun again at the next boot', async () => {
    await otherAddress()
    await host.crash()
    for (const _ of ['once', 'twice']) {
      const booting = host.boot().catch(() => 'crashed')
      const isAtWork = async () => Number(await show(EARLY, 'MainPID').catch(() => '0')) > 0
      await until('the recovery is at work', isAtWork, { everyMs: 5 })
      await host.crash()
      expect(await booting).toBe('crashed')
    }
    await host.boot()
    await host.waitUntil(isBack)
    expect(await host.readFile('/etc/hosts')).not.toContain(NAME)
  })

  test('a failsafe that is killed while it rolls back is followed by another one', async () => {
    const unit = `chaos-lite-failsafe-${await otherAddress()}.service`
    await kill()
    // As its timer does, half a minute earlier.
    await host.enter(['systemctl', 'start', '--no-block', unit])
    await until('the failsafe is at work', async () => Number(await show(unit, 'MainPID')) > 0, { everyMs: 5 })
    await host.enter(['systemctl', 'kill', '--signal=KILL', unit])
    await host.waitUntil(isBack)
    expect(await logOf(unit)).toMatch(/code=killed, status=9/)
  })

  test('several that rolled back at once do it once', async () => {
    const record = await otherAddress()
    await kill()
    const [one, two] = await Promise.all([
      host.exec([AGENT, 'revert', '--record', record]),
      host.exec([AGENT, 'revert', '--all', '--cause', 'recovery']),
      host.enter(['systemctl', 'start', `chaos-lite-failsafe-${record}.service`]),
    ])
    expect([one.code, two.code]).toEqual([0, 0])
    expect(await isBack()).toBe(true)
  })

  test('an agent that cannot start any more is not needed: the failsafe has its own copy', async () => {
    const unit = `chaos-lite-failsafe-${await otherAddress()}.service`
    const program = (await host.enter(['readlink', '--canonicalize', AGENT])).stdout.trim()
    await host.enter(['chmod', '0000', program])
    await kill()
    await host.enter(['systemctl', 'start', unit])
    await host.waitUntil(async () => !(await host.readFile('/etc/hosts')).includes(NAME))
    await host.enter(['chmod', '0755', program])
    await host.waitUntil(isBack)
  })

  test('a full disk, and one that became read-only, keep nobody from being rolled back', async () => {
    await host.enter(['mount', '-t', 'tmpfs', '-o', 'size=400m', 'state', STATE])
    const stop = () => host.enter(['systemctl', 'kill', '--signal=TERM', 'rehearsal'])
    await otherAddress()
    await host.enter(['dd', 'if=/dev/zero', `of=${STATE}/full`, 'bs=64k', 'status=none'], { check: false })
    await stop()
    await host.waitUntil(isBack)
    await host.enter(['rm', `${STATE}/full`])
    await rehearsalGone()

    await otherAddress()
    await host.enter(['mount', '-o', 'remount,ro', STATE])
    await stop()
    await host.waitUntil(async () => !(await host.readFile('/etc/hosts')).includes(NAME))
    await rehearsalGone()
    // The host is back, but the journal cannot say so: that is said, and corrected by the next one.
    expect(await isBack()).toBe(false)
    await host.enter(['mount', '-o', 'remount,rw', STATE])
    expect((await host.exec([AGENT, 'revert', '--all'])).stdout).toContain('identical')
    expect(await isBack()).toBe(true)
    await host.enter(['umount', STATE])
  })
})
