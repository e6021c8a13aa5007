import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lab, type LabHost } from '../../scripts/lab/index.ts'
import { addAccount } from './support/accounts.ts'
import { describeLab } from './support/describe-lab.ts'
import { agentCommand, installationMedia } from './support/install.ts'
import { beginRehearsal, putBack, rehearse } from './support/rehearsal.ts'

const policy = `policy: 1
actions: [service.stop, process.stop, network.block, membership.revoke, account.disable]
services: ["*"]
processes: ["*"]
addresses: [0.0.0.0/0, "::/0"]
ports: [all]
accounts: [alice, bob]
groups: [sudo]
holdAtMost: 30m
`

const socket = '[Socket]\nListenStream=\nListenStream=2222\n'
/** OpenSSH under a name that says nothing, as a unit that says nothing. */
const remoteAdmin = '[Service]\nExecStart=/opt/remote/admin -D -e -p 2022 -o PidFile=none\n'

const SSH = { exitCode: 2, ok: false, code: 'policy-refused', rule: 'built-in: SSH' }
const LAST = { exitCode: 2, ok: false, code: 'policy-refused', rule: 'built-in: the last administrator' }

describeLab('the ways into a host', () => {
  let lab: Lab
  let server: LabHost

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['server', 'desk'], more: ['server'], binds: await installationMedia() })
    server = lab.host('server')
    for (const name of ['alice', 'bob']) await addAccount(server, { name, password: 'secret', groups: ['sudo'] })
    await server.exec(['ssh-keygen', '-A'])
    await server.exec(['mkdir', '-p', '/etc/systemd/system/ssh.socket.d', '/opt/remote', '/run/sshd'])
    await server.exec(['cp', '/usr/sbin/sshd', '/opt/remote/admin'])
    await server.writeFile('/etc/systemd/system/ssh.socket.d/port.conf', socket)
    await server.writeFile('/etc/systemd/system/remote-admin.service', remoteAdmin)
    await server.writeFile('/root/policy.yaml', policy)
    const media = ['--binary', '/mnt/chaos-lite-agent', '--policy', '/root/policy.yaml']
    await server.exec(['sh', '/mnt/install-agent.sh', ...media], { env: { DESTDIR: '/' } })
    await server.exec(['systemctl', 'daemon-reload'])
    await server.exec([
      'systemctl',
      'enable',
      '--quiet',
      'chaos-lite-recover-early.service',
      'chaos-lite-recover.service',
    ])
    await server.exec(['systemctl', 'start', 'ssh.socket', 'remote-admin.service'])
  })
  afterAll(async () => await lab?.down())

  /** What the port says first, asked from another host. */
  const banner = async (port: number) => {
    const ask = `exec 3<>/dev/tcp/${server.address}/${port}; head -n 1 <&3`
    return (await lab.host('desk').enter(['timeout', '5', 'bash', '-c', ask], { check: false })).stdout
  }

  test('a block of everything leaves SSH open where systemd listens for it, and a server of another name', async () => {
    expect(await banner(2222)).toMatch(/^SSH-2\.0-/)
    // By itself again: the port is held by process 1 alone, as on a host that nobody works on.
    await server.exec(['systemctl', 'stop', 'ssh.service'])
    await server.exec(['systemctl', 'start', 'ssh.socket'])
    await beginRehearsal(server, 'network.block', { addresses: ['0.0.0.0/0', '::/0'], direction: 'all' })
    expect(await banner(2222)).toMatch(/^SSH-2\.0-/)
    expect(await banner(2022)).toMatch(/^SSH-2\.0-/)
    expect((await agentCommand(server, ['revert', '--all'])).code).toBe(0)
    await putBack(server)
  })

  test('no policy lets a unit be stopped that serves SSH, whatever its name, nor its processes', async () => {
    for (const service of ['ssh', 'remote-admin']) {
      expect(await rehearse(server, 'service.stop', { service })).toMatchObject(SSH)
    }
    expect(await rehearse(server, 'process.stop', { name: 'admin' })).toMatchObject(SSH)
    expect(await rehearse(server, 'process.stop', { service: 'remote-admin' })).toMatchObject(SSH)
    expect((await server.enter(['systemctl', 'is-active', 'remote-admin.service'])).stdout).toBe('active\n')
  })

  test('one of two administrators may go, as sudo itself sees it; of one who is left, nothing may be taken', async () => {
    const revoke = { account: 'alice', group: 'sudo' }
    expect(await rehearse(server, 'membership.revoke', revoke)).toMatchObject({ ok: true, restoration: 'identical' })
    await server.exec(['usermod', '--lock', '--expiredate', '1', 'bob'])
    const refused = await rehearse(server, 'membership.revoke', revoke)
    expect(refused).toMatchObject({
      ...LAST,
      reason: expect.stringMatching(/alice \(sudo: %sudo \(\/etc\/sudoers line/),
    })
    expect(await rehearse(server, 'account.disable', { account: 'alice' })).toMatchObject(LAST)
    // A rule of her own, in a file of its own, for somebody who is not in the group.
    await addAccount(server, { name: 'carla', password: 'secret' })
    await server.writeFile('/etc/sudoers.d/carla', 'carla ALL=(ALL:ALL) ALL\n', 0o440)
    expect(await rehearse(server, 'membership.revoke', revoke)).toMatchObject({ ok: true, restoration: 'identical' })
    await server.writeFile('/etc/sudoers.d/carla', 'carla ALL=(ALL:ALL) /usr/bin/systemctl\n', 0o440)
    expect(await rehearse(server, 'membership.revoke', revoke)).toMatchObject(LAST)
  })
})
