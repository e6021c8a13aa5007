import { describe, expect, test } from 'vitest'
import { parseDrill, resolveDrill } from '../../../src/index.ts'
import { mistakesOf } from '../fixtures.ts'

/** Two services and a name fail, in this order; rolled back in `order`. */
function drill(order: string, more: readonly string[] = []): string {
  return `drill: x
version: 1
title: x
why: x
targets: { web: { where: { role: web }, exactly: 1 }, user: { where: { role: user }, exactly: 1 } }
steadyState:
  page: { probe: http, on: user, with: { url: "http://x.test/" } }
method:
  - { name: stop, inject: service.stop, on: web, with: { service: nginx }, hold: 5m }
  - { name: switch, inject: hosts.override, on: user, hold: 5m }
${more.map((step) => `  - ${step}\n`).join('')}revertOrder: ${order}
`
}

describe('an order of rolling back', () => {
  test('is taken for injects that share nothing', () => {
    const text = drill('[stop, switch]')
    expect(mistakesOf(text)).toEqual([])
    const parsed = parseDrill(text, { file: 'x.yaml', menu: null })
    expect(parsed.ok && resolveDrill(parsed.drill, {}).revertOrder).toEqual(['stop', 'switch'])
  })

  test.each([
    [
      'an unknown name',
      '[stop, swich]',
      [],
      [
        '11:1: the inject `switch` is missing in this order (expected every inject by its name)',
        '11:21: there is no inject `swich` (expected one of stop, switch; did you mean `switch`?)',
      ],
    ],
    [
      'the name of another step',
      '[stop, switch, desk]',
      ['{ name: desk, ask: q, of: x, within: 1m }'],
      ['12:29: there is no inject `desk` (expected one of stop, switch)'],
    ],
    [
      'a name twice',
      '[stop, switch, stop]',
      [],
      ['11:29: `stop` stands twice in this order (expected each inject once)'],
    ],
    [
      'a name that is missing',
      '[stop, switch]',
      ['{ name: third, inject: service.stop, on: web, hold: 1m }'],
      ['12:1: the inject `third` is missing in this order (expected every inject by its name)'],
    ],
    [
      'an inject without a name',
      '[stop, switch]',
      ['{ inject: time.skew, on: web, hold: 1m }'],
      ['12:1: an inject without a name (`time.skew`) is missing in this order (expected every inject by its name)'],
    ],
    [
      'the same hosts',
      '[stop, switch, third]',
      ['{ name: third, inject: time.skew, on: web, hold: 1m }'],
      [
        '12:29: `third` and `stop` share hosts: these are rolled back newest first (expected injects that share no host and no resource)',
      ],
    ],
    [
      'the same resource',
      '[stop, switch, third]',
      ['{ name: third, inject: hosts.override, on: other, hold: 1m }'],
      [
        '12:29: `third` and `switch` share a resource: these are rolled back newest first (expected injects that share no host and no resource)',
      ],
    ],
  ])('is refused with %s', (_what, order, more, expected) => {
    const text = drill(order, more).replace('targets: {', 'targets: { other: { where: { role: other }, exactly: 1 },')
    expect(mistakesOf(text)).toEqual(expected.map((each) => `x.yaml:${each}`))
  })

  test('of one inject is none', () => {
    expect(mistakesOf(drill('[stop]')).join()).toContain('x.yaml:11:1: `revertOrder` has 1 entr')
  })

  test('lets an older failure end first, which otherwise would take the newer one with it', () => {
    const longer = (text: string) => text.replace('on: user, hold: 5m', 'on: user, hold: 6m')
    expect(mistakesOf(longer(drill('[stop, switch]')))).toEqual([])
    expect(mistakesOf(longer(drill('[switch, stop]'))).join()).toContain('would be cut short')
  })
})
