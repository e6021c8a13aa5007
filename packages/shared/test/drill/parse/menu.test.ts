import { describe, expect, test } from 'vitest'
import type { Menu } from '../../../src/index.ts'
import { changed, goodDrill, menu, mistakesOf } from '../fixtures.ts'

const stop = 'with: { service: "${params.service}" }'

test('a good drill fits the menu', () => {
  expect(mistakesOf(goodDrill, menu)).toEqual([])
})

describe('compared with the menu', () => {
  test.each([
    [
      'an unknown action',
      'inject: service.stop',
      'inject: service.stpo',
      '23:13: there is no action `service.stpo` (expected one of service.stop or hosts.override; did you mean `service.stop`?)',
    ],
    [
      'an unknown probe',
      'probe: http',
      'probe: htp',
      '15:12: there is no probe `htp` (expected one of http, tcp, service or clock; did you mean `http`?)',
    ],
    [
      'an exercise used as an action',
      'inject: service.stop',
      'inject: backup.restore',
      '23:13: there is no action `backup.restore`; it is an exercise, done with `exercise:` (expected one of service.stop or hosts.override)',
    ],
    ['a missing parameter', `    ${stop}\n`, '', '23:5: the key `service` is missing (expected text)'],
    [
      'an unknown parameter',
      stop,
      'with: { service: "${params.service}", servce: x }',
      '25:43: unknown key `servce` (expected service; did you mean `service`?)',
    ],
    [
      'a parameter of another kind',
      'port: 9100',
      'port: lpd',
      '21:78: `watch.printer.with.port` is "lpd" (expected a whole number)',
    ],
    [
      'a parameter out of range',
      'port: 9100',
      'port: 91000',
      '21:78: `watch.printer.with.port` is 91000 (expected at most 65535)',
    ],
    [
      'text where a number belongs',
      'port: 9100',
      'port: "${params.service}"',
      '21:78: `${params.service}` is of type serviceName (expected a whole number)',
    ],
    [
      'text around a placeholder where a number belongs',
      'port: 9100',
      'port: "9${params.hold}"',
      '21:78: `9${params.hold}` is text (expected a whole number)',
    ],
    [
      'a field that the probe does not answer',
      'status: 200',
      'sttus: 200',
      '19:15: the probe `http` answers no `sttus` (expected one of status or totalMs; did you mean `status`?)',
    ],
    [
      'hold inside with',
      stop,
      'with: { service: "${params.service}", hold: 5m }',
      '25:43: `hold` is no parameter of the action; it is a key of its own (expected `hold` beside `with`, not inside it)',
    ],
  ])('%s is a mistake', (_title, from, to, mistake) => {
    expect(mistakesOf(changed(from, to), menu)).toContain(`x.yaml:${mistake}`)
  })

  test.each([
    [
      'a number from a parameter',
      changed('port: 9100', 'port: "${params.p}"', changed('params:\n', 'params:\n  p: { type: port, ask: Port? }\n')),
    ],
    ['a host fact as text', changed('web.example.test', '${host.address}')],
    ['a choice', changed('nginx', 'nginx')],
  ])('%s fits', (_title, text) => {
    expect(mistakesOf(text, menu)).toEqual([])
  })

  test('mistakes deep inside a parameter are reported at their place', () => {
    const step = '  - { inject: hosts.override, on: desk, hold: 1m, with: { entries: [{ nme: a, address: b }] } }\n'
    expect(mistakesOf(changed('  - ask:', `${step}  - ask:`), menu)).toEqual([
      'x.yaml:30:71: unknown key `nme` (expected one of name or address; did you mean `name`?)',
    ])
  })
})

describe('a menu with several forms of one name', () => {
  const params = { type: 'object', properties: { other: { type: 'string' } }, additionalProperties: false }
  const twisted = menu.actions.map((item) => ({ ...item, params }))

  test('makes no mistake of what fits one of them', () => {
    expect(mistakesOf(goodDrill, { ...menu, actions: [...twisted, ...menu.actions] })).toEqual([])
    expect(mistakesOf(goodDrill, { ...menu, actions: [...menu.actions, ...twisted] })).toEqual([])
  })

  test('still reports what fits none', () => {
    expect(mistakesOf(goodDrill, { ...menu, actions: [...twisted, ...twisted] })).not.toEqual([])
  })
})

describe('a menu comes from a host and is not trusted', () => {
  const withParams = (params: unknown): Menu => ({
    ...menu,
    actions: [{ name: 'service.stop', summary: 's', needs: [], params: params as Menu['actions'][number]['params'] }],
  })

  test('its patterns are never run', () => {
    const evil = withParams({ type: 'object', properties: { service: { type: 'string', pattern: '^(a+)+$' } } })
    expect(mistakesOf(changed('"${params.service}"', `${'a'.repeat(40)}!`), evil)).toEqual([])
  })

  test.each([
    ['nonsense', { type: 'nonsense' }],
    ['a reference to nowhere', { $ref: '#/nowhere' }],
    ['itself', { $ref: '#' }],
    ['very deep', JSON.parse(`${'{"not":'.repeat(2000)}{}${'}'.repeat(2000)}`)],
  ])('a schema that is %s says nothing about the drill', (_title, params) => {
    expect(() => mistakesOf(goodDrill, withParams(params))).not.toThrow()
  })

  test('a parameter may be called pattern', () => {
    const named = withParams({
      type: 'object',
      properties: { service: {}, pattern: { type: 'string' } },
      additionalProperties: false,
    })
    expect(mistakesOf(changed('"${params.service}" }', '"${params.service}", pattern: x }'), named)).toEqual([])
  })
})
