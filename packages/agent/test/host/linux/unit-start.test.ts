import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fateOf, namesIn } from '../../../src/host/linux/services/active.ts'
import { unitObject } from '../../../src/host/linux/services/bus.ts'
import { faultIn, testsOf } from '../../../src/host/linux/services/config-test.ts'
import { lastLineIn } from '../../../src/host/linux/services/last-words.ts'
import { missingPaths, unmetConditions } from '../../../src/host/linux/services/needed-paths.ts'
import { jobsOf } from '../../../src/host/linux/services/transaction.ts'
import { parseFacts, type UnitFacts } from '../../../src/host/linux/services/unit-facts.ts'
import { temporaryFolder } from '../support.ts'

describe('the transaction of a stop', () => {
  it('is every job in the answer of the manager', () => {
    const others = [[711, '/job/711', 'beside.service', '/unit/beside', 'stop']]
    expect(jobsOf([710, '/job/710', 'asked.service', '/unit/asked', 'stop', others])).toEqual([
      { id: 710, unit: 'asked.service' },
      { id: 711, unit: 'beside.service' },
    ])
  })
  it('is not guessed from another answer', () => expect(jobsOf(['/job/710'])).toBeNull())
  it('finds a unit on the bus by its name', () => {
    expect(unitObject('php8.2-fpm@a.service')).toBe('/org/freedesktop/systemd1/unit/php8_2e2_2dfpm_40a_2eservice')
    expect(unitObject('6tunnel.service')).toBe('/org/freedesktop/systemd1/unit/_36tunnel_2eservice')
  })
})

describe('the active units of a host', () => {
  it('are the names that systemctl lists, without what comes and goes by itself', () => {
    const rows = ['nginx.service loaded active running A web server', '  cron.service loaded active running Cron']
    const passing = [
      'user@1000.service',
      'ssh@4-10.0.0.1:22-10.0.0.2:5000.service',
      'ssh@4-7421-[fe80::1]:22-[fe80::2]:5000.service',
      'inetd@12-812-1000.service',
      'inetd@13-99812-812-1000.service',
      'inetd@14-vsock:2:22-vsock:3:1025.service',
      'run-r12.service',
      'run-u7.service',
      'run-r0123456789abcdef0123456789abcdef.timer',
      'run-p812-i99.service',
      'run-user-1000.mount',
      'run-credentials-getty.mount',
      'chaos-lite-agent.socket',
    ]
    expect(namesIn([...rows, ...passing.map((name) => `${name} loaded active x`)].join('\n'))).toEqual([
      'cron.service',
      'nginx.service',
    ])
  })

  it('are also those whose name only looks like one that comes and goes', () => {
    const lasting = [
      ...['postgresql@16-main.service', 'postgresql@9-6-old.service', 'worker@2-eu-west.service'],
      ...['run-backup.service', 'run-parts-daily.timer', 'session-store.service', 'session-1.service'],
    ]
    expect(namesIn(lasting.map((name) => `${name} loaded active running x`).join('\n'))).toEqual(lasting.sort())
  })

  const inactive = { LoadState: 'loaded', ActiveState: 'inactive', UnitFileState: 'enabled', Type: 'simple' }
  it.each([
    ['runs', { ...inactive, ActiveState: 'active' }, 'active'],
    ['is starting', { ...inactive, ActiveState: 'activating' }, 'starting'],
    ['failed', { ...inactive, ActiveState: 'failed' }, 'failed'],
    ['was removed', { LoadState: 'not-found', ActiveState: 'inactive' }, 'removed'],
    ['was masked', { ...inactive, LoadState: 'masked' }, 'removed'],
    ['was transient', { ...inactive, Transient: 'yes' }, 'ended'],
    ['was started by a timer', { ...inactive, TriggeredBy: 'report.timer' }, 'ended'],
    ['has a socket, and failed', { ...inactive, ActiveState: 'failed', TriggeredBy: 'docker.socket' }, 'failed'],
    [
      'is started by the bus on demand, and failed',
      { ...inactive, ActiveState: 'failed', UnitFileState: 'static', BusName: 'org.example' },
      'failed',
    ],
    ['was started by the bus on demand', { ...inactive, UnitFileState: 'static', BusName: 'org.example' }, 'ended'],
    ['is a oneshot that has done its work', { ...inactive, Type: 'oneshot', RemainAfterExit: 'no' }, 'ended'],
    [
      'is a oneshot that failed',
      { ...inactive, ActiveState: 'failed', Type: 'oneshot', RemainAfterExit: 'no' },
      'failed',
    ],
    ['is a oneshot that stays active and was stopped', { ...inactive, Type: 'oneshot', RemainAfterExit: 'yes' }, null],
    ['always runs, and has a name on the bus', { ...inactive, BusName: 'org.example' }, null],
    ['is a service', inactive, null],
  ])('one that %s', (_, shown, fate) => expect(fateOf(shown)).toBe(fate))
})

const facts = (change: Partial<UnitFacts> = {}): UnitFacts => {
  const parsed = parseFacts({})
  if (parsed === null) throw new Error('no facts')
  return { ...parsed, ...change }
}

describe('what a unit needs to start again', () => {
  it('is read from what systemd has loaded', () => {
    const properties = {
      User: { type: 's', data: 'www' },
      EnvironmentFiles: { type: 'a(sb)', data: [['/etc/x', true]] },
    }
    expect(parseFacts(properties)).toMatchObject({ User: 'www', EnvironmentFiles: [['/etc/x', true]], ExecStart: [] })
    expect(parseFacts({ User: { type: 'u', data: 5 } })).toBeNull()
  })

  it('names each program, file and folder that is missing, but for those that may be', async () => {
    const folder = await temporaryFolder()
    const missing = join(folder, 'missing')
    const found = await missingPaths(
      'app.service',
      facts({
        ExecStartPre: [[missing, [missing], true]],
        ExecStart: [[missing, [missing], false]],
        EnvironmentFiles: [
          [missing, false],
          [missing, true],
          [join(folder, '*.env'), false],
        ],
        LoadCredential: [['key', missing]],
        WorkingDirectory: missing,
      }),
    )
    expect(found.map((sentence) => sentence.split(' ')[0])).toEqual([
      'ExecStart=',
      'EnvironmentFile=',
      'LoadCredential=',
      'WorkingDirectory=',
    ])
  })

  it('is a program that can be executed', async () => {
    const program = join(await temporaryFolder(), 'program')
    await writeFile(program, '')
    const asked = facts({ ExecStart: [[program, [program], false]] })
    expect(await missingPaths('app.service', asked)).toHaveLength(1)
    await chmod(program, 0o755)
    expect(await missingPaths('app.service', asked)).toEqual([])
    expect(await missingPaths('app.service', facts({ ExecStart: [['sh', ['sh'], false]] }))).toEqual([])
  })

  it('is not judged where the unit sees paths of its own', async () => {
    const hidden = facts({ ExecStart: [['/none', ['/none'], false]], BindPaths: [['/a', '/b', true, 0]] })
    expect(await missingPaths('app.service', hidden)).toEqual([])
  })

  it('are conditions and assertions that are met now', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'there'))
    const conditions = (...Conditions: UnitFacts['Conditions']) =>
      unmetConditions('app.service', { Conditions, Asserts: [] })
    expect(await conditions(['ConditionPathExists', false, false, join(folder, 'there')])).toEqual([])
    expect(await conditions(['ConditionPathExists', false, true, '/usr/bin'])).toHaveLength(1)
    expect(await conditions(['ConditionPathExists', false, true, '/run/.'])).toEqual([])
    expect(await conditions(['ConditionPathIsDirectory', false, false, join(folder, 'no')])).toHaveLength(1)
    expect(await conditions(['ConditionPathExists', true, false, join(folder, 'no')])).toEqual([])
    expect(await conditions(['ConditionVirtualization', false, false, 'vm'])).toEqual([])
  })
})

describe('the configuration test of a service', () => {
  const test = (...argv: [string, ...string[]]) => testsOf({ ExecStart: [[argv[0], argv, false]], ExecStartPre: [] })

  it.each([
    [
      ['/usr/sbin/nginx', '-g', 'daemon on; master_process on;'],
      ['/usr/sbin/nginx', '-t', '-q', '-g', 'daemon on; master_process on;'],
    ],
    [
      ['/opt/web/nginx', '-c', '/srv/n.conf', '-p/srv'],
      ['/opt/web/nginx', '-t', '-q', '-c', '/srv/n.conf', '-p/srv'],
    ],
    [
      ['/usr/sbin/haproxy', '-Ws', '-f', '$CONFIG', '-p', '$PID'],
      ['/usr/sbin/haproxy', '-c', '-f', '$CONFIG'],
    ],
    [
      ['/usr/sbin/php-fpm8.2', '--nodaemonize', '--fpm-config', '/etc/p.conf'],
      ['/usr/sbin/php-fpm8.2', '-t', '--fpm-config', '/etc/p.conf'],
    ],
    [
      ['/usr/sbin/sshd', '-D', '-f', '/etc/other'],
      ['/usr/sbin/sshd', '-t', '-f', '/etc/other'],
    ],
    [
      ['/usr/sbin/squid', '--foreground'],
      ['/usr/sbin/squid', '-k', 'parse'],
    ],
  ] as [[string, ...string[]], string[]][])('%j is tested with %j', (started, tested) =>
    expect(test(...started)).toEqual([tested]),
  )

  it('is not made up for an unknown program, whatever the unit is called', () => {
    expect(test('/usr/bin/python3', 'nginx', '-c', 'x')).toEqual([])
    expect(testsOf({ ExecStart: [], ExecStartPre: [] })).toEqual([])
  })

  it('is the one that the unit itself makes before a start', () => {
    const own: [string, string[], boolean] = [
      '/usr/sbin/nginx',
      ['/usr/sbin/nginx', '-t', '-c', '/srv/own.conf'],
      false,
    ]
    const makesFolder: [string, string[], boolean] = ['/bin/mkdir', ['/bin/mkdir', '-t'], false]
    expect(
      testsOf({ ExecStart: [['/usr/sbin/nginx', ['/usr/sbin/nginx'], false]], ExecStartPre: [makesFolder, own] }),
    ).toEqual([own[1]])
  })

  it.each([
    [
      'nginx: [emerg] unknown directive "bogus" in /etc/nginx/x:1\nnginx: configuration file test failed',
      /unknown directive/,
    ],
    ['a\u0007b error: bad\nlast', /"a b error: bad"/],
    ['only this', /only this/],
    ["/etc/bind/named.conf:12: unknown option 'bogus'", /unknown option/],
    ['', /ends with code 1/],
  ])('quotes the line that names the fault: %j', (output, line) => expect(faultIn(output)).toMatch(line))

  it.each([
    'nginx: [emerg] open() "/var/log/nginx/new.log" failed (30: Read-only file system)',
    "chronyd: invalid option -- 'p'",
    'Failed to start transient service unit: Access denied',
  ])('finds no fault where it could not be made: %j', (output) => expect(faultIn(output)).toBeNull())
})

describe('the last journal line of a unit', () => {
  const starting = '7d4958e842da4a758f6c1cdc7b36dcc5'
  const row = (MESSAGE: unknown, _PID: string, MESSAGE_ID = '') => JSON.stringify({ MESSAGE, _PID, MESSAGE_ID })

  it('is what the unit itself wrote since its last start', () => {
    const rows = [
      row('old', '7'),
      row('Starting', '1', starting),
      row('bad\u0007 file', '8'),
      row('Failed to start', '1'),
    ]
    expect(lastLineIn(rows.join('\n'))).toBe('bad file')
  })

  it('is what systemd says where the unit wrote nothing that can be printed', () => {
    const rows = [row('old', '7'), row('Starting', '1', starting), row([1, 2], '8'), row('Failed to start', '1')]
    expect(lastLineIn(rows.join('\n'))).toBe('Failed to start')
    expect(lastLineIn('')).toBeNull()
    expect(lastLineIn('no json')).toBeNull()
  })
})
