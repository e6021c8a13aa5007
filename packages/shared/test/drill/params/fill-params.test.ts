import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkParamValue, fillParams, formatParamMistake, type ParamType } from '../../../src/index.ts'
import { drillOf, goodDrill } from '../fixtures.ts'

const long = 'a'.repeat(64)

describe('a value of each type', () => {
  const table: [ParamType, unknown[], unknown[]][] = [
    [
      'hostname',
      ['erp', 'erp.example.test', '3com.test', 'a-b.c', 'A.B'],
      ['', '-a', 'a-', 'a_b', 'a..b', 'a.', '192.0.2.1', '1', `${long}.x`, 'a b', 'a\n', 5],
    ],
    [
      'ipAddress',
      ['192.0.2.1', '2001:db8::1', '::1'],
      ['', '192.0.2', '192.0.2.256', 'erp', '192.0.2.1/24', '192.0.2.01', 'fe80::1%eth0', 1],
    ],
    ['port', [1, 443, 65_535, '8080'], [0, 65_536, 1.5, 'http', '', ' 80', '0x50', null]],
    [
      'serviceName',
      ['nginx', 'postgresql@17-main.service', 'MSSQL$ERP', 'dev-disk\\x2d1'],
      ['', '-x', '../x', 'a/b', 'a b', 'a;b', '.x', 7],
    ],
    [
      'accountName',
      ['alice', 'CORP\\alice', 'alice@corp.test', 'svc_1$', 'Jane Doe'],
      ['', '-r', 'a:b', 'a\nb', ' a', 'a ', '$(id)'],
    ],
    ['groupName', ['sudo', 'Domain Admins'], ['', '-x', 'a,b']],
    [
      'folder',
      ['/srv/data', '/srv/data/', 'C:\\Data', 'C:/Data', '\\\\srv\\share', '/srv/a b'],
      ['', 'srv', './x', '/srv/../etc', 'C:\\a\\..\\b', '/a/./b', 'C:', '/a\u0000', '~/x'],
    ],
    ['file', ['/etc/hosts', 'C:\\x.txt', '/srv/..x'], ['/etc/', 'hosts', '/a/..']],
    [
      'url',
      ['http://a.test', 'https://a.test:8443/x?y=1'],
      ['', 'a.test', 'ftp://a.test', 'file:///etc/passwd', 'https://u:p@a.test', 'javascript:alert(1)', 'http://'],
    ],
    ['duration', ['500ms', '15m'], ['', '15', '1d', '1.5h', 15]],
    ['size', ['200MB', '2GiB'], ['', '200', '200 MB', 5]],
    ['number', [0, -1.5, '12', '-0.5'], ['', 'x', '1e3', Number.NaN, Number.POSITIVE_INFINITY, true]],
    [
      'text',
      ['', 'anything at all', 'ä€😀'],
      ['two\nlines', 'bell\u0007', '\u202eevil', 'x'.repeat(513), '${params.x}', 5],
    ],
    ['repositoryName', ['nightly', 'Nightly-2_b'], ['', '/srv/repo', '../x', 'a b', '1a', 'a'.repeat(64)]],
    ['credentialName', ['directory'], ['', 'user:password']],
  ]

  test.each(table)('%s', (type, good, bad) => {
    const declaration = { type, ask: 'Which?' }
    for (const value of good) expect([value, checkParamValue(declaration, value)]).toMatchObject([value, { ok: true }])
    for (const value of bad) expect([value, checkParamValue(declaration, value)]).toMatchObject([value, { ok: false }])
  })

  test('choice', () => {
    const declaration = { type: 'choice', ask: 'Which?', oneOf: ['http', 'https'] } as const
    const choice = { ...declaration, oneOf: [...declaration.oneOf] }
    expect(checkParamValue(choice, 'https')).toEqual({ ok: true, value: 'https' })
    expect(checkParamValue(choice, 'htps')).toEqual({
      ok: false,
      message: '"htps" is no choice',
      expected: 'one of http, https',
      nearest: 'https',
    })
  })

  test('numbers given as text become numbers', () => {
    expect(checkParamValue({ type: 'port', ask: '?' }, '8080')).toEqual({ ok: true, value: 8080 })
  })

  test('is judged without an exception, whatever it is', () => {
    const types = fc.constantFrom(...table.map(([type]) => type))
    fc.assert(
      fc.property(types, fc.anything(), (type, value) => {
        expect(typeof checkParamValue({ type, ask: '?' }, value).ok).toBe('boolean')
      }),
    )
  })

  test('is judged in bounded time, however long it is', () => {
    const types = fc.constantFrom(...table.map(([type]) => type))
    const parts = fc.constantFrom('a', '1', '-', '.', 'a.', '\\', '/', ' ', ':')
    fc.assert(
      fc.property(types, parts, (type, part) => {
        checkParamValue({ type, ask: '?' }, `${part.repeat(100_000)}!`)
      }),
    )
  })
})

describe('filling the parameters of a drill', () => {
  const drill = drillOf(goodDrill)

  test('adds the defaults', () => {
    expect(fillParams(drill, {})).toEqual({ ok: true, values: { service: 'nginx', hold: '5m' } })
    expect(fillParams(drill, { service: 'apache2' })).toEqual({ ok: true, values: { service: 'apache2', hold: '5m' } })
  })

  test('reports every mistake', () => {
    const filled = fillParams(drill, { service: '-x', hold: 5, servce: 'y' })
    expect(filled.ok ? [] : filled.mistakes.map(formatParamMistake)).toEqual([
      'parameter `servce`: is not declared by this drill (expected one of service, hold; did you mean `service`?)',
      'parameter `service`: "-x" does not fit the type serviceName (expected the name of a service such as nginx)',
      'parameter `hold`: 5 does not fit the type duration (expected a duration such as 500ms, 10s, 15m or 2h)',
    ])
  })

  test('needs a value where there is no default', () => {
    const bare = drillOf(goodDrill.replace(', default: nginx', ''))
    const filled = fillParams(bare, {})
    expect(filled.ok ? [] : filled.mistakes.map(formatParamMistake)).toEqual([
      'parameter `service`: has no value and no default (expected Which service?)',
    ])
  })

  test('refuses values with which the drill cannot end well', () => {
    const filled = fillParams(drill, { hold: '2m' })
    expect(filled.ok ? [] : filled.mistakes.map(formatParamMistake)).toEqual([
      'with these values: the question of step 3 may take 4m, longer than any failure that is held then, at method[2].within (expected at most 1m, or a longer hold before it)',
    ])
  })

  test('is not fooled by the names of an object', () => {
    const filled = fillParams(drill, JSON.parse('{"__proto__": "x", "constructor": "y", "toString": 1}'))
    expect(filled.ok ? [] : filled.mistakes.map(({ param }) => param)).toEqual(['__proto__', 'constructor', 'toString'])
  })
})
