import { describe, expect, test } from 'vitest'
import { lintDrill, type Menu, TRAITS_KEYWORD } from '../../../src/index.ts'
import { changed, drillOf, mistakesOf, warningsOf } from '../fixtures.ts'

/** A drill with this method, and these further sections. */
function drill(method: string[], more = ''): string {
  return `drill: x
version: 1
title: x
why: x
targets: { web: { where: { role: web }, exactly: 1 } }
steadyState:
  page: { probe: http, on: web, with: { url: "http://x.test/" }, every: 1s }
method:
${method.map((step) => `  - { ${step} }`).join('\n')}
${more}`
}

const inject = (hold: string, name = 'stop') => `name: ${name}, inject: service.stop, on: web, hold: ${hold}`
const ask = (within: string) => `ask: q, of: x, within: ${within}`

describe('questions, alerts and exercises fit into the failure they are about', () => {
  test.each([
    ['a question within its hold', [inject('5m'), ask('5m')]],
    ['a question after everything is rolled back', [inject('1m'), 'wait: 1m', ask('10m')]],
    ['a question before anything fails', [ask('10m'), inject('1m')]],
    ['a question that one of two holds covers', [inject('20m'), inject('1m', 'b'), ask('15m')]],
    ['a wait that outlasts the hold', [inject('1m'), 'wait: 5m']],
  ])('%s is fine', (_title, method) => {
    expect(mistakesOf(drill(method))).toEqual([])
  })

  test.each([
    [
      'a question',
      [inject('5m'), ask('6m')],
      '`method[1]`',
      'x.yaml:10:30: the question of step 2 may take 6m, longer than any failure that is held then (expected at most 5m, or a longer hold before it)',
    ],
    [
      'an alert',
      [inject('1m'), 'expectAlert: a, within: 2m'],
      '',
      'x.yaml:10:31: the alert of step 2 may take 2m, longer than any failure that is held then (expected at most 1m, or a longer hold before it)',
    ],
    [
      'an exercise',
      [inject('1m'), 'exercise: backup.restore, on: web, within: 2m'],
      '',
      'x.yaml:10:50: `backup.restore` may take 2m, longer than any failure that is held then (expected at most 1m, or a longer hold before it)',
    ],
    [
      'a second question, after the first took all its time',
      [inject('5m'), ask('4m'), ask('2m')],
      '',
      'x.yaml:11:30: the question of step 3 may take 2m, longer than any failure that is held then (expected at most 1m, or a longer hold before it)',
    ],
  ])('%s that outlasts every hold is a mistake', (_title, method, _path, mistake) => {
    expect(mistakesOf(drill(method))).toEqual([mistake])
  })
})

describe('failures are rolled back newest first', () => {
  test.each([
    ['held equally long', [inject('5m', 'a'), inject('5m', 'b')]],
    ['the newer shorter', [inject('15m', 'a'), 'expectAlert: a, within: 2m', inject('12m', 'b')]],
    ['one after the other', [inject('1m', 'a'), 'wait: 1m', inject('5m', 'b')]],
  ])('%s is fine', (_title, method) => {
    expect(mistakesOf(drill(method))).toEqual([])
  })

  test.each([
    ['the newer is held longer', [inject('5m', 'a'), inject('6m', 'b')], 'at least 6m'],
    ['a wait moves the newer beyond the older', [inject('5m', 'a'), 'wait: 2m', inject('4m', 'b')], 'at least 6m'],
    ['a question may move it beyond', [inject('5m', 'a'), ask('2m'), inject('4m', 'b')], 'at least 6m'],
    ['only a quick answer makes them overlap', [inject('5m', 'a'), ask('5m'), inject('4m', 'b')], 'at least 9m'],
  ])('%s is a mistake of the older hold', (_title, method, expected) => {
    expect(mistakesOf(drill(method))).toEqual([
      `x.yaml:9:53: \`a\` ends before \`b\`, which is rolled back first and so would be cut short (expected ${expected})`,
    ])
  })
})

describe('durations', () => {
  test.each([
    ['a hold of nothing', drill([inject('0s')]), '`hold` is 0ms (expected at least 1ms)'],
    ['a hold of days', drill([inject('25h')]), '`hold` is 25h (expected at most 24h)'],
    [
      'a wait for an effect that outlasts the hold',
      drill([`${inject('10s')}, effect: { probe: page, expect: down, within: 20s }`]),
      '`within` is 20s (expected at most 10s)',
    ],
    [
      'sampling too often',
      changed('every: 1s', 'every: 10ms', drill(['wait: 1s'])),
      '`every` is 10ms (expected at least 50ms)',
    ],
    [
      'sampling too rarely',
      changed('every: 1s', 'every: 2h', drill(['wait: 1s'])),
      '`every` is 2h (expected at most 1h)',
    ],
    [
      'a hold above the limit',
      drill([inject('10m')], 'limits: { holdAtMost: 5m }'),
      'the hold of 10m is longer than limits.holdAtMost (expected at most 5m)',
    ],
  ])('%s', (_title, text, mistake) => {
    expect(mistakesOf(text).map((each) => each.replace(/^x\.yaml:\d+:\d+: /, ''))).toEqual([mistake])
  })
})

describe('target times', () => {
  const all = [inject('10m'), 'expectAlert: a, within: 5m', 'exercise: backup.restore, on: web, within: 5m']
  const objective = (name: string, within = '1m') => `objectives: { ${name}: { within: ${within} } }`

  test.each(['detect', 'switch', 'outage', 'recover', 'restore', 'dataAge'])(
    '%s can be measured in a full drill',
    (name) => {
      expect(mistakesOf(drill(all, objective(name)))).toEqual([])
    },
  )

  test.each([
    ['detect', [inject('10m')], 'an inject and an expectAlert in the method'],
    ['detect', ['expectAlert: a, within: 5m'], 'an inject and an expectAlert in the method'],
    ['switch', [ask('1m')], 'an inject and a probe in steadyState'],
    ['outage', [], 'an inject and a probe in steadyState'],
    ['recover', [ask('1m')], 'an inject and a probe in steadyState'],
    ['restore', [inject('10m')], 'an exercise in the method'],
    ['dataAge', [inject('10m')], 'an exercise in the method'],
  ])('%s that nothing can measure is a mistake', (name, method, expected) => {
    const steps = method.length === 0 ? 'wait: 1s' : ''
    const text = drill(method.length === 0 ? [steps] : method, objective(name))
    expect(mistakesOf(text)).toEqual([
      expect.stringContaining(`nothing in the drill can measure \`${name}\` (expected ${expected})`),
    ])
  })

  test('longer than every hold, or than what measures them, are warned of', () => {
    expect(warningsOf(drill(all, objective('switch', '11m')))[0]).toContain('every failure is rolled back before')
    expect(warningsOf(drill(all, objective('detect', '6m')))[0]).toContain('given up before the objective `detect`')
    expect(warningsOf(drill(all, objective('restore', '6m')))[0]).toContain('given up before the objective `restore`')
  })
})

describe('abort conditions', () => {
  const withAbort = (failsInARow: number, within: string, more = '') =>
    drill(
      [inject('10m')],
      `objectives: { switch: { within: ${within} } }\nabort: [{ probe: page, failsInARow: ${failsInARow} }]\n${more}`,
    )

  test('that end the run before an objective could be missed are a mistake', () => {
    expect(mistakesOf(withAbort(60, '60s'))).toEqual([
      'x.yaml:11:37: this ends the run after 1m, before `switch` could be missed (1m) (expected at least 61 failures in a row)',
    ])
  })

  test('that leave the objective time to be missed are fine', () => {
    expect(mistakesOf(withAbort(61, '60s'))).toEqual([])
  })

  test('on a guard that is not meant to fail are fine', () => {
    const guard = '  guard: { probe: http, on: web, every: 1s }\nmethod:'
    const text = changed('method:', guard, withAbort(2, '60s')).replace(
      'probe: page, failsInARow',
      'probe: guard, failsInARow',
    )
    expect(mistakesOf(text)).toEqual([])
  })
})

describe('groups', () => {
  const group = (text: string) => changed('{ where: { role: web }, exactly: 1 }', text, drill(['wait: 1s']))

  test.each([
    [
      'without a bound',
      '{ where: { role: web } }',
      'has no bound: it could be every host (expected `exactly` or `atMost`)',
    ],
    ['with only a lower bound', '{ where: { role: web }, atLeast: 2 }', 'has no bound'],
    [
      'with contradicting bounds',
      '{ where: { role: web }, atLeast: 3, atMost: 2 }',
      '`atLeast` is more than `atMost` (expected at most 2)',
    ],
    ['with two kinds of bounds', '{ where: { role: web }, exactly: 1, atMost: 2 }', 'has `exactly` and another bound'],
    ['without labels', '{ where: {}, atMost: 2 }', 'names no label'],
    [
      'with a label that no host can carry',
      '{ where: { Role: web }, atMost: 2 }',
      'no host can carry the label `Role`',
    ],
  ])('%s are a mistake', (_title, text, mistake) => {
    expect(mistakesOf(group(text))).toEqual([expect.stringContaining(mistake)])
  })

  test('larger than limits.hosts are a mistake', () => {
    expect(mistakesOf(`${group('{ where: { role: web }, exactly: 3 }')}limits: { hosts: 2 }`)).toEqual([
      expect.stringContaining('3 hosts are more than limits.hosts (expected at most 2)'),
    ])
  })
})

test('a drill that does nothing is a mistake', () => {
  const text = 'drill: x\nversion: 1\ntitle: x\nwhy: x\ntargets: {}\nmethod: []\n'
  expect(mistakesOf(text)).toEqual(['x.yaml:6:1: this drill does nothing (expected a step, or a probe in steadyState)'])
})

test('a failure without a steady state and without an effect is only warned of', () => {
  const text = drill([inject('5m')]).replace(/steadyState:\n.*\n/, '')
  expect(mistakesOf(text)).toEqual([])
  expect(warningsOf(text)).toEqual([
    'x.yaml:7:5: the drill has no health checks: only the default probe of `service.stop` confirms the failure (expected a probe in steadyState, best from another host)',
  ])
})

test('what depends on a parameter without a value is left unjudged until it has one', () => {
  const text = drill([inject('"${params.hold}"'), ask('10m')], 'params: { hold: { type: duration, ask: Hold? } }')
  expect(mistakesOf(text)).toEqual([])
  expect(lintDrill(drillOf(text), { hold: '5m' }).map(({ path }) => path)).toEqual([['method', 1, 'within']])
  expect(lintDrill(drillOf(text), { hold: '10m' })).toEqual([])
})

describe('a host that restarts', () => {
  const restart = (more = '') => `inject: host.restart, on: web, hold: 5m${more}`

  test('must be held through the loss of its link', () => {
    expect(mistakesOf(drill([restart()]))).toEqual([
      expect.stringMatching(/loses its link.*expected `onLinkLoss: hold`/),
    ])
    expect(mistakesOf(drill([restart(', onLinkLoss: revert')]))).toHaveLength(1)
    expect(mistakesOf(drill([restart(', onLinkLoss: hold')]))).toEqual([])
  })

  test('is recognized by what a newer agent says of a failure that is unknown here', () => {
    const unknown = drillOf(drill(['inject: host.rekindle, on: web, hold: 5m']))
    const menu = (traits: object): Menu => ({
      ...{ probes: [], exercises: [] },
      actions: [{ name: 'host.rekindle', summary: 'x', needs: [], params: { [TRAITS_KEYWORD]: { ...traits } } }],
    })
    expect(lintDrill(unknown, {})).toEqual([])
    expect(lintDrill(unknown, {}, menu({ restartsHost: false }))).toEqual([])
    expect(lintDrill(unknown, {}, menu({ restartsHost: 'yes' }))).toEqual([])
    expect(lintDrill(unknown, {}, menu({ restartsHost: true }))).toHaveLength(1)
  })
})
