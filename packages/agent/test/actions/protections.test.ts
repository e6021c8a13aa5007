import { describe, expect, it } from 'vitest'
import {
  refuseProtectedAccount,
  refuseProtectedName,
  refuseProtectedPath,
  refuseProtectedService,
} from '../../src/protected/protections.ts'
import { stage } from './support.ts'

const own = { paths: ['/opt/chaos-lite', '/var/lib/chaos-lite'], names: ['controller.example.test', '192.0.2.1'] }

describe('built-in protections', () => {
  it.each([
    ...[
      '/',
      '/etc',
      '/etc/passwd',
      '/etc/ssh',
      '/etc/ssh/sshd_config',
      '/etc/sudoers.d',
      '/usr',
      '/usr/lib/x',
      '/bin',
      '/lib64',
    ],
    ...[
      '/boot',
      '/boot/grub',
      '/proc',
      '/sys/kernel',
      '/dev',
      '/run',
      '/root',
      '/root/.ssh',
      '/var',
      '/var/lib',
      '/var/lib/dpkg',
    ],
    ...[
      '/var/lib/rpm/x',
      '/home',
      '/opt',
      '/opt/chaos-lite',
      '/opt/chaos-lite/agent',
      '/var/lib/chaos-lite/journal',
      '/srv',
    ],
  ])('keep the path %s', async (path) => {
    const { host } = await stage({}, { own })
    expect(() => refuseProtectedPath(host, path)).toThrow('protected')
  })

  it.each([
    '/srv/data',
    '/home/anna',
    '/var/lib/postgresql',
    '/etc/nginx',
    '/opt/erp',
    '/usr2',
    '/bootcamp',
    '/var/www',
  ])('leave the path %s to the policy', async (path) => {
    const { host } = await stage({}, { own })
    expect(() => refuseProtectedPath(host, path)).not.toThrow()
  })

  it.each([
    ...[
      'chaos-lite-agent.service',
      'chaos-lite-failsafe.service',
      'ssh.service',
      'sshd.service',
      'ssh@1-2.service',
      'systemd-logind.service',
    ],
    ...[
      'dbus.service',
      'dbus-broker.service',
      'NetworkManager.service',
      'auditd.service',
      'clamav-daemon.service',
      'ufw.service',
    ],
    ...['wazuh-agent.service', 'falcon-sensor.service', 'ssh.socket', 'getty@tty1.service'],
  ])('keep the service %s', (unit) => {
    expect(() => refuseProtectedService(unit)).toThrow('No policy can allow it')
  })

  it.each([
    'nginx.service',
    'slapd.service',
    'cups.service',
    'postgresql@15-main.service',
    'chrony.service',
    'sshuttle.service',
  ])('leave the service %s to the policy', (unit) => expect(() => refuseProtectedService(unit)).not.toThrow())

  it('name the rule that decided', () => {
    expect(() => refuseProtectedService('sshd.service')).toThrow(
      expect.objectContaining({ code: 'policy-refused', rule: 'built-in: SSH' }),
    )
  })

  it.each(['localhost', 'LocalHost', 'ip6-loopback', 'controller.example.test', 'Controller.Example.test'])(
    'keep the name %s',
    async (name) => {
      const { host } = await stage({}, { own })
      expect(() => refuseProtectedName(host, name)).toThrow()
    },
  )

  it('keep root and the agent’s own account', async () => {
    const { host } = await stage()
    await expect(refuseProtectedAccount(host, { name: 'toor', uid: 0 })).rejects.toThrow('root')
    await expect(refuseProtectedAccount(host, { name: host.accounts.own, uid: 4711 })).rejects.toThrow('agent')
    await expect(refuseProtectedAccount(host, { name: 'anna', uid: 1001 })).resolves.toBeUndefined()
  })
})
