import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endpointsOf, linuxGuards, portsOf } from '../../../src/host/linux/guards/index.ts'
import { isSshServerFile } from '../../../src/host/linux/guards/ssh-server.ts'
import { showBlocks, unitFacts } from '../../../src/host/linux/guards/unit-facts.ts'
import { parseTcp } from '../../../src/host/linux/sockets.ts'
import { temporaryFolder } from '../support.ts'

/** As systemd 252 prints it. */
const shown = `Id=remote-admin.service
Names=remote-admin.service sshd-alias.service
TriggeredBy=remote-admin.socket
ExecStart={ path=/opt/remote/admin ; argv[]=/opt/remote/admin -D $OPTS ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }

Id=ssh.socket
Names=ssh.socket
Accept=no
Triggers=ssh.service
Listen=0.0.0.0:22 (Stream)
Listen=[::]:22 (Stream)

Id=inetd-like.socket
Names=inetd-like.socket
Accept=yes
Triggers=
Listen=[::1]:2222 (Stream)
Listen=/run/inetd-like (Stream)
Listen=0.0.0.0:69 (Datagram)

Id=wrapped.service
Names=wrapped.service
ExecStart={ path=/bin/sh ; argv[]=/bin/sh -c exec /opt/x/sshd -D ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStart={ path=/usr/bin/monitor ; argv[]=/usr/bin/monitor /usr/sbin/sshd ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
`

const settings = `port 22
port 2200
addressfamily any
listenaddress [::]:22
listenaddress 10.0.0.5:2022
usepam yes
maxsessions 10
`

describe('what a unit is', () => {
  it('is read from systemctl show', async () => {
    const facts = await Promise.all(showBlocks(shown).map(unitFacts))
    expect(facts).toEqual([
      {
        ...{ name: 'remote-admin.service', names: ['remote-admin.service', 'sshd-alias.service'], triggers: [] },
        ...{ programs: ['/opt/remote/admin'], triggeredBy: ['remote-admin.socket'], listens: [] },
      },
      {
        ...{ name: 'ssh.socket', names: ['ssh.socket'], programs: [], triggeredBy: [], triggers: ['ssh.service'] },
        listens: [
          { address: '0.0.0.0', port: 22 },
          { address: '::', port: 22 },
        ],
      },
      {
        ...{ name: 'inetd-like.socket', names: ['inetd-like.socket'], programs: [], triggeredBy: [] },
        triggers: ['inetd-like@chaos-lite-asks.service'],
        listens: [{ address: '::1', port: 2222 }],
      },
      {
        ...{ name: 'wrapped.service', names: ['wrapped.service'], triggeredBy: [], triggers: [], listens: [] },
        programs: expect.arrayContaining(['/bin/sh', '/opt/x/sshd', '/usr/bin/monitor']),
      },
    ])
  })

  it('has its programs where their links lead', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'sshd'), '')
    await symlink(join(folder, 'sshd'), join(folder, 'admin'))
    const line = `Id=a.service\nExecStart={ path=${folder}/admin ; argv[]=${folder}/admin ; ignore_errors=no }\n`
    const [block = new Map()] = showBlocks(line)
    expect((await unitFacts(block)).programs).toEqual([`${folder}/admin`, `${folder}/sshd`])
  })

  it('is asked of systemd for sockets that listen now', async () => {
    const asked: string[] = []
    const start = async (argv: readonly string[]) => {
      asked.push(argv.slice(0, 2).join(' '))
      const stdout = argv[1] === 'list-units' ? 'ssh.socket loaded active listening OpenBSD\n' : shown.split('\n\n')[1]
      return { code: 0, signal: null, stdout: stdout ?? '', stderr: '' }
    }
    const guards = linuxGuards({ systemd: true, start, has: () => true })
    expect((await guards.socketUnits()).map(({ name }) => name)).toEqual(['ssh.socket'])
    expect(asked).toEqual(['systemctl list-units', 'systemctl show'])
  })

  it.each([
    ['cannot be started', () => Promise.reject(new Error('no'))],
    ['fails', async () => ({ code: 1, signal: null, stdout: '', stderr: 'Failed to connect to bus' })],
    ['takes too long', async () => ({ code: null, signal: 'SIGKILL' as const, stdout: 'Id=', stderr: '' })],
  ] as const)('is not guessed where systemctl %s', async (_, start) => {
    const guards = linuxGuards({ systemd: true, start, has: () => true })
    await expect(guards.units(['a.service'])).rejects.toMatchObject({ code: 'tool-failed' })
    await expect(guards.socketUnits()).rejects.toThrow(/it is not known what is protected/)
    expect(await guards.sshPorts()).toEqual([])
  })
})

describe('an SSH server', () => {
  it('has the ports of its settings', () => expect(portsOf(settings)).toEqual([22, 2022, 2200]))

  it.each([
    ['OpenSSH under another name', '\x7fELF\0\0port\0authorizedkeysfile\0', true],
    ['Dropbear', '\x7fELF\0Dropbear server v%s\0', true],
    ['a client', '\x7fELF\0identityfile\0', false],
    ['a text about it', 'authorizedkeysfile is a setting', false],
    ['nothing', '', false],
  ])('is known by its bytes: %s', async (_, bytes, expected) => {
    const file = join(await temporaryFolder(), 'remote-admin')
    await writeFile(file, bytes, 'latin1')
    expect(await isSshServerFile(file)).toBe(expected)
  })

  it('has the same ports where it only prints its settings, because a start would lack something', async () => {
    const start = async ([, flag]: readonly string[]) =>
      flag === '-G'
        ? { code: 0, signal: null, stdout: settings, stderr: '' }
        : { code: 255, signal: null, stdout: '', stderr: 'Missing privilege separation directory: /run/sshd' }
    const guards = linuxGuards({ systemd: true, start, has: () => true })
    expect(await guards.sshPorts()).toEqual([22, 2022, 2200])
  })

  it('is no folder, and nothing that is not there', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'x'))
    expect(await isSshServerFile(join(folder, 'x'))).toBe(false)
    expect(await isSshServerFile(join(folder, 'y'))).toBe(false)
  })
})

describe('connections', () => {
  it('are read with both ends, IPv4 in IPv6 as IPv4', () => {
    const rows = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0500000A:0016 0700000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 112 1',
      '   1: 0000000000000000FFFF00000500000A:0016 0000000000000000FFFF00000700000A:C351 01 0:0 00:0 0     0        0 113 1',
      '   2: 0500000A:0016 0700000A:C352 06 00000000:00000000 00:00000000 00000000     0        0 0 1',
    ]
    expect(parseTcp(rows.join('\n'))).toEqual([
      { local: { address: '10.0.0.5', port: 22 }, remote: { address: '10.0.0.7', port: 50000 }, inode: '112' },
      { local: { address: '10.0.0.5', port: 22 }, remote: { address: '10.0.0.7', port: 50001 }, inode: '113' },
    ])
  })

  it('of WireGuard have far ends', () => {
    expect(endpointsOf('AAAA=\t198.51.100.1:51820\nBBBB=\t(none)\nCCCC=\t[2001:db8::1]:51820\n')).toEqual([
      '198.51.100.1',
      '2001:db8::1',
    ])
  })
})
