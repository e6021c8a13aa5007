import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProcessView } from '../../../src/host/host.ts'
import { refuseProtectedProcess, refuseProtectedProgram } from '../../../src/protected/process.ts'

const plain: ProcessView = {
  ...{ pid: 4711, startTicks: '1', name: 'nginx', state: 'runs', parent: 1, kernel: false, terminal: false },
  ...{ program: '/usr/sbin/nginx', units: ['nginx.service'], own: false },
}

describe('the protected programs', () => {
  it.each(['sshd', 'sshd-session', 'systemd', 'systemd-journald', 'dbus-daemon', '(sd-pam)', 'agetty', 'login'])(
    'keep %s',
    (name) => expect(() => refuseProtectedProgram(name)).toThrow('No policy can allow it'),
  )
  it.each(['clamd', 'auditd', 'fail2ban-server', 'NetworkManager', 'dhclient', 'chaos-lite-agent'])(
    'keep %s as well',
    (name) => expect(() => refuseProtectedProgram(name)).toThrow('protected on every host'),
  )
  it.each(['nginx', 'postgres', 'java', 'smbd', 'chronyd', 'cupsd', 'sleep', ''])('leave %j to the policy', (name) => {
    expect(() => refuseProtectedProgram(name)).not.toThrow()
  })
})

describe('a process', () => {
  it('that is nothing special is left to the policy', () => {
    expect(() => refuseProtectedProcess(plain)).not.toThrow()
    expect(() => refuseProtectedProcess({ ...plain, units: [] })).not.toThrow()
  })

  it('is judged by the innermost unit it runs in', () => {
    const units = ['user@1000.service', 'app-editor.service']
    expect(() => refuseProtectedProcess({ ...plain, units })).not.toThrow()
    expect(() => refuseProtectedProcess({ ...plain, units: ['user@1000.service', 'init.scope'] })).toThrow()
  })

  it('is refused for each sign of its own, whatever the other signs are', () => {
    const sign = fc.constantFrom<Partial<ProcessView>>(
      ...[{ pid: 1 }, { kernel: true }, { own: true }, { name: 'sshd' }, { program: '/opt/x/sshd' }],
      ...[{ units: ['ssh.service'] }, { program: '/usr/bin/chaos-lite-agent (deleted)' }],
    )
    const others = fc.record({ name: fc.string({ maxLength: 15 }), terminal: fc.boolean() })
    fc.assert(
      fc.property(others, sign, (other, own) => {
        expect(() => refuseProtectedProcess({ ...plain, ...other, ...own })).toThrow(
          expect.objectContaining({ code: 'policy-refused', rule: expect.stringMatching(/^built-in: /) }),
        )
      }),
    )
  })
})
