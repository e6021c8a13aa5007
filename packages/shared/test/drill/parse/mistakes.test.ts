import { describe, expect, test } from 'vitest'
import { parseDrill } from '../../../src/index.ts'
import { changed, goodDrill, mistakesOf, warningsOf } from '../fixtures.ts'

test('a good drill has neither mistakes nor warnings', () => {
  expect(mistakesOf(goodDrill)).toEqual([])
  expect(warningsOf(goodDrill)).toEqual([])
})

test('a good drill comes with its bytes and the place of each of its parts', () => {
  const parsed = parseDrill(goodDrill, { file: 'x.yaml', menu: null })
  if (!parsed.ok) throw new Error('a good drill was refused')
  expect(new TextDecoder().decode(parsed.bytes)).toBe(goodDrill)
  expect(parsed.positions.get('method[0].with.service')).toEqual({ line: 25, column: 22 })
  expect(parsed.positions.get('abort[0]')).toEqual({ line: 34, column: 5 })
})

const DURATION = 'a duration such as 500ms, 10s, 15m or 2h'
const TOP =
  'drill, version, title, why, params, targets, objectives, steadyState, watch, method, abort, release, revertOrder, limits or controls'

describe('each mistake is reported with its place, what was expected and the nearest name', () => {
  test.each([
    [
      'an unknown key',
      'watch:',
      'wacth:',
      [`20:1: unknown key \`wacth\` (expected one of ${TOP}; did you mean \`watch\`?)`],
    ],
    [
      'a missing key',
      'title: The web server is down\n',
      '',
      ['1:1: the key `title` is missing (expected one line of printable text)'],
    ],
    [
      'a name in capitals',
      'drill: web-down',
      'drill: Web',
      ['1:8: `drill` is "Web" (expected lower-case letters, digits and -)'],
    ],
    [
      'a version that is no number',
      'version: 1',
      'version: one',
      ['2:10: `version` is "one" (expected a whole number)'],
    ],
    ['a version below 1', 'version: 1', 'version: 0', ['2:10: `version` is 0 (expected at least 1)']],
    [
      'an unknown type',
      'type: serviceName',
      'type: servicename',
      [
        '6:20: `params.service.type` is "servicename" (expected one of hostname, ipAddress, port, serviceName, accountName, groupName, folder, file, url, duration, size, number, text, choice, repositoryName or credentialName; did you mean `serviceName`?)',
      ],
    ],
    [
      'a default that does not fit',
      'default: 5m',
      'default: 5 minutes',
      [`7:52: the default "5 minutes" does not fit the type duration (expected ${DURATION})`],
    ],
    [
      'a hold that is no duration',
      'hold: "${params.hold}"',
      'hold: soon',
      [`26:11: \`method[0].hold\` is "soon" (expected ${DURATION})`],
    ],
    ['a hold that is a number', 'within: 4m', 'within: 4', [`32:13: \`method[2].within\` is 4 (expected ${DURATION})`]],
    [
      'an unknown group of a step',
      'on: web\n',
      'on: wbe\n',
      ['24:9: there is no group `wbe` (expected one of web or desk; did you mean `web`?)'],
    ],
    [
      'an unknown group of a probe',
      'probe: tcp, on: desk',
      'probe: tcp, on: dsk',
      ['21:30: there is no group `dsk` (expected one of web or desk; did you mean `desk`?)'],
    ],
    [
      'an unknown effect probe',
      'effect: { probe: page',
      'effect: { probe: pgae',
      ['27:22: there is no probe `pgae` (expected one of page or printer; did you mean `page`?)'],
    ],
    [
      'an unknown abort probe',
      'abort:\n  - { probe: page',
      'abort:\n  - { probe: x',
      ['34:14: there is no probe `x` (expected one of page or printer)'],
    ],
    [
      'an effect that is neither',
      'expect: down',
      'expect: dwon',
      ['27:36: `method[0].effect.expect` is "dwon" (expected one of down or up; did you mean `down`?)'],
    ],
    [
      'an undeclared parameter',
      '${params.service}',
      '${params.servcie}',
      ['25:22: the parameter `servcie` is not declared (expected one of service or hold; did you mean `service`?)'],
    ],
    [
      'an unknown host fact',
      '"http://web.example.test/"',
      '"http://${host.adress}/"',
      ['17:18: there is no host fact `adress` (expected one of name or address; did you mean `address`?)'],
    ],
    [
      'another language in braces',
      '${params.service}',
      '${service | upper}',
      ['25:22: a `${…}` here is no placeholder (expected ${params.<name>}, ${host.name} or ${host.address})'],
    ],
    [
      'a placeholder where none is read',
      'why: Does anybody notice?',
      'why: Does ${params.service} stop?',
      [
        '4:6: `why` is not read for placeholders (expected placeholders only in with, expect, where, durations and questions)',
      ],
    ],
    [
      'a host fact in a question',
      'ask: Can you work?',
      'ask: Is ${host.name} gone?',
      ['30:10: `${host.name}` cannot be read here (expected ${params.<name>})'],
    ],
    [
      'a duration from a parameter of another type',
      'hold: "${params.hold}"',
      'hold: "${params.service}"',
      ['26:11: the parameter `service` is of type serviceName (expected a parameter of type duration)'],
    ],
    [
      'a misspelt step',
      '- ask: Can you work?',
      '- aks: Can you work?',
      ['30:5: unknown key `aks` (expected one of inject, exercise, ask, expectAlert or wait; did you mean `ask`?)'],
    ],
    [
      'a step that is nothing',
      '  - ask: Can you work?\n    of: desk\n    within: 4m',
      '  - of: desk',
      ['30:5: nothing says what this entry is (expected one of the keys inject, exercise, ask, expectAlert or wait)'],
    ],
    [
      'a step that is two things',
      '- ask: Can you work?',
      '- wait: 1m\n    ask: Can you work?',
      ['30:5: an entry is one thing only; this one has `ask` and `wait` (expected one entry for each)'],
    ],
    [
      'a step that is text',
      '- expectAlert: The monitoring system reports it\n    within: 1m',
      '- alert',
      ['28:5: `method[1]` is "alert" (expected a map of keys)'],
    ],
    [
      'a key of another kind of step',
      '    within: 1m',
      '    within: 1m\n    hold: 5m',
      ['30:5: unknown key `hold` (expected one of name, expectAlert or within)'],
    ],
    [
      'a method that is a map',
      'abort:\n  - { probe: page, failsInARow: 120 }',
      'abort: { probe: page }',
      ['33:8: `abort` is a map of keys (expected a list)'],
    ],
    [
      'an unknown objective',
      '  switch:',
      '  swich:',
      [
        '12:3: unknown key `swich` (expected one of detect, switch, outage, recover, restore or dataAge; did you mean `switch`?)',
      ],
    ],
    [
      'an unknown bound',
      'status: 200',
      'status: { atLest: 200 }',
      ['19:25: unknown key `atLest` (expected one of atLeast, atMost, oneOf or not; did you mean `atLeast`?)'],
    ],
    [
      'an expectation that is a list',
      'status: 200',
      'status: [200, 204]',
      [
        '19:23: `steadyState.page.expect.status` is a list (expected text, or a number, or true or false, or a map of keys)',
      ],
    ],
    [
      'every inside with',
      'test/" }',
      'test/", every: 1s }',
      [
        '17:46: `every` is no parameter of the probe; it is a key of its own (expected `every` beside `with`, not inside it)',
      ],
    ],
    [
      'a key that stands twice',
      'version: 1',
      'version: 1\nversion: 2',
      ['3:1: the key `version` stands twice in one map'],
    ],
    [
      'a name that begins with a digit',
      '  printer:',
      '  1printer:',
      [
        '21:3: `1printer` is no name (expected text that must begin with a letter; letters, digits, - and _ only; at most 63)',
      ],
    ],
    [
      'a probe under both sections',
      '  printer:',
      '  page:',
      ['21:3: the probe `page` stands under steadyState too (expected another name)'],
    ],
    [
      'two steps of one name',
      '  - expectAlert:',
      '  - name: step-3\n    expectAlert:',
      ['28:11: `step-3` is the name of step 3 already (expected another name)'],
    ],
    [
      'a choice without choices',
      'type: serviceName, ask: Which service?, default: nginx',
      'type: choice, ask: Which?, default: nginx',
      ['6:3: a choice needs the key `oneOf` (expected a list of the values allowed)'],
    ],
    [
      'choices of something else',
      'ask: How long?,',
      'ask: How long?, oneOf: [5m],',
      ['7:43: `oneOf` has no meaning for the type duration (expected `type: choice`)'],
    ],
    [
      'text that runs over lines',
      'title: The web server is down',
      'title: "The web\\nserver"',
      ['3:8: `title` is "The web\\nserver" (expected one line of printable text)'],
    ],
    ['an empty hold', 'hold: "${params.hold}"', 'hold:', [`26:10: \`method[0].hold\` is null (expected ${DURATION})`]],
  ])('%s', (_title, from, to, expected) => {
    expect(mistakesOf(changed(from, to))).toEqual(expected.map((mistake) => `x.yaml:${mistake}`))
  })
})

test('all mistakes of a file are reported, in the order of the file', () => {
  const text = changed('version: 1', 'version: x', changed('of: desk', 'off: desk', changed('on: web\n', 'on: wb\n')))
  expect(mistakesOf(text).map((mistake) => mistake.split(' (')[0])).toEqual([
    'x.yaml:2:10: `version` is "x"',
    'x.yaml:24:9: there is no group `wb`',
    'x.yaml:31:5: unknown key `off`',
  ])
})

test('a misspelt section does not make everything that refers to it a mistake too', () => {
  expect(mistakesOf(changed('targets:', 'targts:'))).toHaveLength(1)
})

test('of hundreds of mistakes the first two hundred are reported', () => {
  const junk = Array.from({ length: 1000 }, (_, index) => `junk${index}: 1`).join('\n')
  expect(mistakesOf(`${goodDrill}${junk}\n`)).toHaveLength(200)
})

describe('a warning is no mistake', () => {
  test('for a parameter that is never used', () => {
    const text = changed('hold: "${params.hold}"', 'hold: 5m')
    expect(mistakesOf(text)).toEqual([])
    expect(warningsOf(text)).toEqual(['x.yaml:7:3: the parameter `hold` is never used'])
  })

  test('for a group that is never used', () => {
    const text = changed('targets:\n', 'targets:\n  spare: { where: { role: spare }, atMost: 1 }\n')
    expect(mistakesOf(text)).toEqual([])
    expect(warningsOf(text)).toEqual(['x.yaml:9:3: the group `spare` is never used'])
  })
})
