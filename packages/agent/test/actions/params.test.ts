import { describe, expect, it } from 'vitest'
import {
  AccountName,
  GroupName,
  HostName,
  IpAddress,
  PlainPath,
  ProcessName,
  ServiceName,
} from '../../src/actions/params.ts'

const cases = [
  [
    'a host name',
    HostName,
    ['erp', 'erp.example.test', 'a-1.b2', '3com.example'],
    ['', '-a', 'a-', 'a..b', 'a b', '1.2.3.4', 'a_b', 'é', 'a\n', '.a', 'a.', `${'a'.repeat(64)}.b`],
  ],
  [
    'an address',
    IpAddress,
    ['192.0.2.1', '0.0.0.0', '::1', '2001:db8::1', '::ffff:192.0.2.1'],
    ['', '1.2.3', '256.1.1.1', '01.1.1.1', '::1%lo', '1.2.3.4 ', 'a', '1:2'],
  ],
  [
    'a path',
    PlainPath,
    ['/srv', '/srv/a b', '/srv/ü', '/...', '/srv/.hidden', '/a..b'],
    ['', 'srv', '/', '/srv/', '//srv', '/srv//a', '/srv/.', '/srv/..', '/../etc', '/a\n', '/a\u202e', '/a\0'],
  ],
  [
    'a service',
    ServiceName,
    ['nginx', 'postgresql@15-main', 'a.service', 'dev-x\\x2d.service'],
    ['', '-a', '.a', 'a b', 'a;b', 'a\n', 'ü', '*', 'a/b'],
  ],
  [
    'a process',
    ProcessName,
    ['nginx', '(sd-pam)', 'tmux: server', 'kworker/0:1', 'php-fpm8.2', 'a+b@c'],
    ['', '-a', 'a\n', 'a;b', 'ü', '*', 'a,b', 'sixteen-bytes-xx'],
  ],
  [
    'an account',
    AccountName,
    ['anna', '_apt', 'a.b', 'pc$', 'anna@example.test', 'EXAMPLE\\anna', 'EXAMPLE+anna', 'jürgen', "o'brien", '李雷'],
    [
      '',
      '-a',
      '+5',
      '#0',
      '%sudo',
      '~a',
      ' a',
      'a ',
      'a:b',
      'a,b',
      'a/b',
      'a\n',
      'a\nb',
      'a\tb',
      'a\u2028b',
      '$',
      '0',
      '1000',
    ],
  ],
  [
    'a group',
    GroupName,
    ['release', 'a-b', '_x', 'domain users', 'EXAMPLE\\domain users', 'Domänen-Benutzer', 'linux admins (prod)'],
    ['', '-a', 'a:b', 'a,b', ' a', 'a ', 'a\n', 'a\u0000', 'a*', 'a;b', '$(x)', '`x`', 'a|b', 'a>b', 'a"b', '27'],
  ],
] as const

describe.each(cases)('%s', (_, schema, good, bad) => {
  it.each([...good])('may be %j', (text) => expect(schema.safeParse(text).success).toBe(true))
  it.each([...bad])('may not be %j', (text) => expect(schema.safeParse(text).success).toBe(false))
})
