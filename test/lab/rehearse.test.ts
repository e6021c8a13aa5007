import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, type RunResult, until } from '../../scripts/lab/index.ts'
import { addAccount } from './support/accounts.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'
import { serveSite } from './support/nginx.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse } from './support/rehearsal.ts'

const policy = `policy: 1
actions: [hosts.override, service.stop, permission.revoke, membership.revoke, data.quarantine]
services: [nginx.service, sturdy.service, masked.service, missing.service]
names: [erp.example.test]
addresses: [192.0.2.0/24]
folders: [/srv/data, /srv/plans, /srv/other]
accounts: [anna]
groups: [sudo]
probePaths: [/srv/vault]
holdAtMost: 30m
`

const DOCTOR = '/usr/local/bin/chaos-lite-agent'

const ACTIONS: [string, object][] = [
  ['hosts.override', { entries: [{ name: 'erp.example.test', address: '192.0.2.7' }] }],
  ['service.stop', { service: 'nginx' }],
  ['permission.revoke', { path: '/srv/plans', account: 'anna' }],
  ['membership.revoke', { account: 'anna', group: 'sudo' }],
  ['data.quarantine', { folder: '/srv/data' }],
]

/** Asked to stop, it goes on: systemd has to kill it when its time is up. */
const STURDY = `[Service]
ExecStart=/usr/bin/python3 -c "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1e6)"
TimeoutStopSec=3
`

/** What `doctor` says before anything is installed. */
let uninstalled: RunResult | undefined

async function setScene(lab: Lab): Promise<void> {
  const host = lab.host('plant')
  uninstalled = await host.exec(['/mnt/chaos-lite-agent', 'doctor'], { check: false })
  await serveSite(host)
  for (const name of ['anna', 'bela']) await addAccount(host, { name, password: 'secret', groups: ['sudo'] })
  await host.writeFile('/srv/data/order.txt', 'one\n')
  await host.writeFile('/srv/plans/wing.txt', 'two\n')
  await host.enter(['chmod', '0750', '/srv/plans'])
  await host.enter(['setfacl', '--modify', 'user:anna:rwx,default:user:anna:rx', '/srv/plans'])
  await host.enter(['install', '--directory', '--group=sudo', '--mode=0750', '/srv/vault'])
  await host.enter(['mkdir', '/srv/other'])
  await host.writeFile('/etc/systemd/system/sturdy.service', STURDY)
  await host.writeFile('/etc/systemd/system/masked.service', '')
  // Of which the policy says nothing.
  await host.writeFile('/etc/systemd/system/spare.service', '[Service]\nExecStart=/usr/bin/sleep infinity\n')
  await host.exec(['systemctl', 'daemon-reload'])
  await host.exec(['systemctl', 'start', 'sturdy'])
}

describeLab('on a real host', () => {
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

  test.each(ACTIONS)('a rehearsal of %s is confirmed and leaves the host as it was', async (action, params) => {
    const changes = await fleet.changedBy(async () => {
      expect(await rehearse(host, action, params)).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
  })

  test.each(ACTIONS)('a power cut in the middle of %s leaves the host as it was', async (action, params) => {
    const changes = await fleet.changedBy(async () => {
      await host.sync()
      await beginRehearsal(host, action, params)
      await host.powerCut()
      expect(await host.boot()).toBe('running')
      await host.enter(['systemctl', 'start', 'sturdy'])
      await putBack(host)
    })
    expect(changes).toEqual([])
  })

  test('a crash in the middle of a stopped service brings it back at boot', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'service.stop', { service: 'nginx' })
      await host.crash()
      expect(await host.boot()).toBe('running')
      await host.enter(['systemctl', 'start', 'sturdy'])
      await putBack(host)
    })
    expect(changes).toEqual([])
  })

  test('kill -9 of a rehearsal leaves its journal, which revert --all empties', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'data.quarantine', { folder: '/srv/data' })
      await killRehearsal(host)
      const { code, stdout } = await agentCommand(host, ['revert', '--all', '--json'])
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, open: 0 })
      expect(code).toBe(0)
      await putBack(host)
    })
    expect(changes).toEqual([])
  })

  const purge = { account: 'anna', colleague: 'bela', file: '/srv/vault', hold: '10m', answerWithin: '5m' }
  const members = async () => (await host.enter(['getent', 'group', 'sudo'])).stdout.trim()
  const isAway = async () => !(await members()).includes('anna')

  test('kill -9 of the agent in the middle of a drill: the host comes back, and the run says so', async () => {
    await fleet.online('plant')
    const changes = await fleet.changedBy(async () => {
      const { runId } = await fleet.start('permission-purge', purge)
      await host.waitUntil(isAway)
      await host.enter(['systemctl', 'kill', '--kill-whom=main', '--signal=KILL', 'chaos-lite-agent'])
      await host.waitUntil(async () => !(await isAway()))
      const run = await fleet.ended(runId)
      expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
      await fleet.online('plant')
    })
    expect(changes).toEqual([])
  })

  test('a link that is cut in the middle of a drill: the lease ends, and the host rolls itself back', async () => {
    const changes = await fleet.changedBy(async () => {
      const { runId } = await fleet.start('permission-purge', purge)
      await host.waitUntil(isAway)
      await host.enter(['nft', 'add table inet cut'])
      await host.enter(['nft', 'add chain inet cut out { type filter hook output priority 0; policy accept; }'])
      await host.enter(['nft', `add rule inet cut out ip daddr ${fleet.lab.bridgeAddress} drop`])
      await host.waitUntil(async () => !(await isAway()))
      const stillCut = (await host.enter(['nft', 'list', 'tables'])).stdout
      expect(stillCut).toContain('cut')
      await host.enter(['nft', 'delete table inet cut'])
      const run = await fleet.ended(runId)
      expect(run).toMatchObject({ outcome: 'aborted', restoration: 'identical' })
      expect(run.hosts[0]?.leaseLost).not.toBeNull()
    })
    expect(changes).toEqual([])
  })

  const REFUSED: [string, string, object, RegExp][] = [
    ['a service that does not exist', 'service.stop', { service: 'missing' }, /There is no service missing/],
    ['a masked service', 'service.stop', { service: 'masked' }, /masked\.service is masked/],
    ['a folder on another file system', 'data.quarantine', { folder: '/srv/other' }, /is a file system of its own/],
    ['a service that no policy may name', 'service.stop', { service: 'dbus' }, /protected on every host/],
    [
      'a service that the policy does not name',
      'service.stop',
      { service: 'spare' },
      /has not allowed the service spare/,
    ],
  ]

  test.each(REFUSED)('%s is refused, and nothing is touched', async (_what, action, params, reason) => {
    await host.enter(['sh', '-c', 'mountpoint -q /srv/other || mount -t tmpfs tmpfs /srv/other'])
    await host.exec(['systemctl', 'mask', '--runtime', '--quiet', 'masked'])
    const changes = await fleet.changedBy(async () => {
      const refused = await rehearse(host, action, params)
      expect(refused).toMatchObject({ exitCode: 2, ok: false })
      expect(refused.reason).toMatch(reason)
    })
    expect(changes).toEqual([])
  })

  test('a hosts file that nobody may change is refused, and stays as it is', async () => {
    const [action, params] = ACTIONS[0] ?? ['', {}]
    await host.enter(['chattr', '+i', '/etc/hosts'])
    const changes = await fleet.changedBy(async () => {
      const refused = await rehearse(host, action, params)
      expect(refused).toMatchObject({ exitCode: 2, ok: false, code: 'cannot-restore' })
      expect(refused.reason).toMatch(/immutable/)
    })
    await host.enter(['chattr', '-i', '/etc/hosts'])
    expect(changes).toEqual([])
  })

  test('a service that ignores being stopped ends with a clear answer, and runs again', async () => {
    const changes = await fleet.changedBy(async () => {
      const tried = await rehearse(host, 'service.stop', { service: 'sturdy' })
      expect(tried.restoration).toBe('identical')
      expect([0, 1]).toContain(tried.exitCode)
    })
    expect(changes).toEqual([])
  })

  test('without a policy nothing starts, and the lines that would allow it are printed', async () => {
    await host.exec(['mv', '/etc/chaos-lite/policy.yaml', '/run/policy.yaml'])
    const changes = await fleet.changedBy(async () => {
      const refused = await rehearse(host, 'service.stop', { service: 'nginx' })
      expect(refused).toMatchObject({ exitCode: 2, ok: false, code: 'policy-refused' })
      expect(refused.rule).toBe('chaos-lite-agent policy allow actions=service.stop services=nginx')
      const { stdout } = await agentCommand(host, ['doctor'])
      expect(stdout).toMatch(/there is no \/etc\/chaos-lite\/policy\.yaml/)
      expect(stdout).toMatch(/action service\.stop .*chaos-lite-agent policy allow actions=service\.stop/)
    })
    await host.exec(['mv', '/run/policy.yaml', '/etc/chaos-lite/policy.yaml'])
    expect(changes).toEqual([])
  })

  test('doctor says where nothing is installed that nothing is, and does not end well', () => {
    expect(uninstalled?.code).toBe(1)
    expect(uninstalled?.stdout).toMatch(/BAD +installation +Chaos Lite is not installed on this host/)
    expect(uninstalled?.stdout).not.toMatch(/Nothing is wrong|which roll back after a reboot, are enabled/)
  })

  test('doctor finds nothing wrong, and says what is missing', async () => {
    const { code, stdout } = await agentCommand(host, ['doctor'])
    expect(stdout).toMatch(/Nothing is wrong\./)
    expect(code).toBe(0)
    expect(stdout).toMatch(/ok +link +up to http\S+, since \d{4}-/)
    expect(stdout).toMatch(/ok +chaos-lite-recover\.service +enabled, inactive \(dead\)/)
    expect(stdout).toMatch(/ok +safety timer +systemd started and stopped a timer/)
    expect(stdout).toMatch(/no +exercise backup\.restore .*policy allow exercises=backup\.restore/)
    // Without this account the host could not be seen from outside: nobody but root is answered.
    expect(await host.exec(['runuser', '--user=anna', '--', DOCTOR, 'doctor'], { check: false })).toMatchObject({
      code: 2,
    })
  })

  test.each<[string, string[], RegExp, string[]]>([
    [
      'a recovery unit that is disabled',
      ['systemctl', 'disable', '--quiet', 'chaos-lite-recover.service'],
      /BAD +chaos-lite-recover\.service +disabled: it does not start at boot .*\n(?:.*\n)*.*BAD +safety timer .*not both enabled/,
      ['systemctl', 'enable', '--quiet', 'chaos-lite-recover.service'],
    ],
    [
      'a link that is stopped',
      ['systemctl', 'stop', 'chaos-lite-link.service'],
      /BAD +chaos-lite-link\.service +inactive .*\n(?:.*\n)*.*BAD +link +down/,
      ['systemctl', 'start', 'chaos-lite-link.service'],
    ],
    [
      'a unit that was changed after systemd read it',
      ['sh', '-c', 'echo >>/etc/systemd/system/chaos-lite-agent.service'],
      /BAD +chaos-lite-agent\.service +\S+ or what is enabled was changed after systemd read it → systemctl daemon-reload/,
      ['sh', '-c', "sed -i '$ d' /etc/systemd/system/chaos-lite-agent.service && systemctl daemon-reload"],
    ],
    ['a halted host', [DOCTOR, 'halt'], /BAD +halt file .*→ chaos-lite-agent halt --lift/, [DOCTOR, 'halt', '--lift']],
  ])('doctor finds %s', async (_note, breaks, words, repairs) => {
    await host.exec(breaks)
    const { code, stdout } = await agentCommand(host, ['doctor'])
    await host.exec(repairs)
    expect(stdout).toMatch(words)
    expect(stdout).toContain('Something is wrong')
    expect(code).toBe(1)
  })

  test('doctor finds a record that is stuck, and does not say beside it that nothing is open', async () => {
    // Our own attempts alone spend it: once the cause is gone, the next one must work all the same.
    const limit = '/run/systemd/system/nginx.service.d/limit.conf'
    await host.writeFile(limit, '[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=2\n')
    await host.exec(['systemctl', 'daemon-reload'])
    await beginRehearsal(host, 'service.stop', { service: 'nginx' })
    await host.exec(['mv', '/usr/sbin/nginx', '/usr/sbin/nginx.away'])
    await killRehearsal(host)
    expect((await agentCommand(host, ['revert', '--all'])).code).toBe(1)
    const { code, stdout } = await agentCommand(host, ['doctor'])
    await host.exec(['mv', '/usr/sbin/nginx.away', '/usr/sbin/nginx'])
    const { code: repaired, stdout: said } = await agentCommand(host, ['revert', '--all'])
    await host.exec(['rm', limit])
    await host.exec(['systemctl', 'daemon-reload'])
    expect(repaired, said).toBe(0)
    await putBack(host)
    expect(stdout).toMatch(
      /BAD +journal +service\.stop is stuck: .*→ follow \/var\/lib\/chaos-lite\/journal\/\w+\/UNDO\.txt/,
    )
    expect(stdout).not.toMatch(/no record is open|Nothing is wrong/)
    expect(code).toBe(1)
  })

  test('what doctor and a refusal print is a command that works, as often as it is run', async () => {
    const before = (await host.enter(['cat', '/etc/chaos-lite/policy.yaml'])).stdout
    const refused = await rehearse(host, 'service.stop', { service: 'spare' })
    const [, ...args] = String(refused.rule).split(' ')
    expect(args).toEqual(['policy', 'allow', 'services=spare'])
    expect((await agentCommand(host, args)).stdout).toMatch(/Allowed: services=spare/)
    expect((await agentCommand(host, args)).stdout).toMatch(/Already allowed: services=spare/)
    expect((await agentCommand(host, ['doctor', '--json'])).stdout).not.toContain('has 1 mistake')
    const misspelt = await rehearse(host, 'service.stop', { service: 'ngnix' })
    expect(misspelt.reason).toContain('There is no service "ngnix" on this host; did you mean "nginx"?')
    expect(String(misspelt.rule)).not.toContain('policy allow')
    expect((await agentCommand(host, ['policy', 'allow', 'services=ngnix'])).code).toBe(2)
    await host.writeFile('/etc/chaos-lite/policy.yaml', before)
    await host.exec(['sh', '-c', 'rm /etc/chaos-lite/policy.yaml.*.old'])
  })

  test('halt rolls everything back from the host itself, and nothing starts until it is lifted', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'service.stop', { service: 'nginx' })
      expect((await agentCommand(host, ['halt'])).code).toBe(0)
      await putBack(host)
      expect(await rehearse(host, 'service.stop', { service: 'nginx' })).toMatchObject({ exitCode: 2, ok: false })
      expect((await agentCommand(host, ['halt', '--lift'])).code).toBe(0)
      await until('nginx runs', async () => (await host.enter(['systemctl', 'is-active', 'nginx'])).code === 0)
    })
    expect(changes.filter((line) => !line.includes('/etc/chaos-lite: mtime'))).toEqual([])
  })

  // The last one: the agent is gone afterwards.
  test('uninstalling reports what it rolled back', async () => {
    await beginRehearsal(host, 'service.stop', { service: 'nginx' })
    const { code, stdout } = await host.exec(['sh', '/mnt/install-agent.sh', 'uninstall'], { check: false })
    expect(stdout).toMatch(/^service\.stop \(\w+\): identical/m)
    expect(stdout).not.toContain('nothing to roll back')
    expect(code).toBe(0)
    await until('nginx runs', async () => (await host.enter(['systemctl', 'is-active', 'nginx'])).code === 0)
  })
})
