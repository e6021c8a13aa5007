import { describe, expect, test } from 'vitest'
import { ChaosError, type Drill, kindOf, resolveDrill } from '../../../src/index.ts'
import { changed, drillOf, goodDrill } from '../fixtures.ts'

const values = { service: 'apache2', hold: '90s' }

test('a drill is resolved with its parameters filled in and its durations in milliseconds', () => {
  const resolved = resolveDrill(drillOf(goodDrill), values)
  expect(resolved).toEqual({
    drill: 'web-down',
    version: 1,
    title: 'The web server is down',
    why: 'Does anybody notice?',
    kind: 'drill',
    params: values,
    targets: { web: { where: { role: 'web' }, exactly: 1 }, desk: { where: { role: 'desk' }, atMost: 3 } },
    probes: [
      {
        ...{ probeId: 'page', role: 'steady', probe: 'http', on: 'desk', params: { url: 'http://web.example.test/' } },
        ...{ everyMs: 1000, expect: { status: 200 } },
      },
      {
        ...{ probeId: 'printer', role: 'watch', probe: 'tcp', on: 'desk', everyMs: 1000, expect: null },
        params: { host: 'printer.example.test', port: 9100 },
      },
    ],
    steps: [
      {
        ...{ kind: 'inject', stepId: 'step-1', action: 'service.stop', on: 'web', params: { service: 'apache2' } },
        ...{ holdMs: 90_000, effect: { probeId: 'page', expect: 'down', withinMs: null }, onLinkLoss: 'revert' },
      },
      { kind: 'alert', stepId: 'step-2', text: 'The monitoring system reports it', withinMs: 60_000 },
      { kind: 'ask', stepId: 'step-3', text: 'Can you work?', of: 'desk', withinMs: 240_000, expect: 'yes' },
    ],
    objectives: { switch: { withinMs: 60_000 } },
    abort: [{ probeId: 'page', failsInARow: 120 }],
    release: 'at-hold',
    revertOrder: [],
    limits: { hosts: null, holdAtMostMs: null },
    controls: [],
  })
})

describe('placeholders', () => {
  const resolve = (text: string, given: Parameters<typeof resolveDrill>[1] = values) =>
    resolveDrill(drillOf(text), given)

  test('keep the type of the value where they are the whole text', () => {
    const text = changed(
      'port: 9100',
      'port: "${params.p}"',
      changed('params:\n', 'params:\n  p: { type: port, ask: "?" }\n'),
    )
    expect(resolve(text, { ...values, p: 9101 }).probes[1]?.params).toEqual({
      host: 'printer.example.test',
      port: 9101,
    })
  })

  test('are filled in labels, questions and expectations', () => {
    const text = changed(
      'status: 200',
      'title: "${params.service}"',
      changed(
        'Can you work?',
        'Can you work without ${params.service}?',
        changed('role: web', 'role: "${params.service}"'),
      ),
    )
    const resolved = resolve(text)
    expect(resolved.targets.web?.where).toEqual({ role: 'apache2' })
    expect(resolved.steps[2]).toMatchObject({ text: 'Can you work without apache2?' })
    expect(resolved.probes[0]?.expect).toEqual({ title: 'apache2' })
  })

  test('of the host are left for the planner, or filled when the host is known', () => {
    const text = changed('web.example.test', '${host.address}')
    expect(resolve(text).probes[0]?.params).toEqual({ url: 'http://${host.address}/' })
    const facts = { name: 'desk-1', address: '192.0.2.7' }
    expect(resolveDrill(drillOf(text), values, facts).probes[0]?.params).toEqual({ url: 'http://192.0.2.7/' })
  })

  test('inside a value are not read again', () => {
    expect(resolve(goodDrill, { service: '${params.hold}', hold: '1m' }).steps[0]).toMatchObject({
      params: { service: '${params.hold}' },
    })
  })

  test('that give no duration where one is needed are an error', () => {
    expect(() => resolve(goodDrill, { service: 'nginx' })).toThrow(ChaosError)
    expect(() => resolve(goodDrill, { service: 'nginx', hold: 'soon' })).toThrow(
      '"soon" (from ${params.hold}) is no duration; give one such as 10s or 15m.',
    )
  })
})

test('duration-like text inside with is left as it is', () => {
  const text = changed('url: "http://web.example.test/"', 'url: "http://web.example.test/", timeout: 10s')
  expect(resolveDrill(drillOf(text), values).probes[0]?.params).toMatchObject({ timeout: '10s' })
})

test('every other kind of step is resolved too', () => {
  const extra = `  - { name: pause, wait: 2s }
  - { exercise: backup.restore, on: web, with: { repository: nightly }, within: 1m }
abort:`
  const resolved = resolveDrill(drillOf(changed('abort:', extra).replace('default: 5m', 'default: 10m')), {
    ...values,
    hold: '10m',
  })
  expect(resolved.steps.slice(3)).toEqual([
    { kind: 'wait', stepId: 'pause', forMs: 2000 },
    {
      kind: 'exercise',
      stepId: 'step-5',
      exercise: 'backup.restore',
      on: 'web',
      params: { repository: 'nightly' },
      withinMs: 60_000,
    },
  ])
})

describe('the kind of a drill', () => {
  const base: Drill = { drill: 'x', version: 1, title: 'x', why: 'x', targets: {}, method: [] }
  const question = { ask: 'q', of: 'x', within: '1m' }
  const steadyState = { page: { probe: 'http', on: 'web' } }

  test.each([
    ['drill', { method: [{ inject: 'a', on: 'web', hold: '1m' }] }],
    ['check', { steadyState }],
    ['check', { method: [{ exercise: 'backup.restore', on: 'web', within: '1m' }, question] }],
    ['check', { steadyState, method: [question] }],
    ['tabletop', { method: [question] }],
  ] as const)('is %s', (kind, more) => {
    expect(kindOf({ ...base, ...more, method: 'method' in more ? [...more.method] : [] })).toBe(kind)
  })
})
