import { describe, expect, test } from 'vitest'
import type { Params } from '../../../src/primitives.ts'
import { failureWords } from '../../../src/run/say/failure-words.ts'
import { anInjectStep } from '../support.ts'

const wordsOf = (action: string, params: Params) => failureWords({ ...anInjectStep(), action, params })

describe('what a failure did, in words', () => {
  test.each<[string, Params, string]>([
    ['service.stop', { service: 'nginx' }, 'nginx stopped'],
    ['service.stop', {}, 'a service stopped'],
    ['service.stop', { service: '' }, 'a service stopped'],
    ['service.stop', { service: 7 }, 'a service stopped'],
    [
      'hosts.override',
      { entries: [{ name: 'erp.example.test', address: '192.0.2.7' }] },
      'erp.example.test redirected',
    ],
    ['hosts.override', { entries: [] }, 'a name redirected'],
    ['hosts.override', { entries: 'erp' }, 'a name redirected'],
    ['membership.revoke', { account: 'anna', group: 'finance' }, 'anna taken out of finance'],
    ['host.restart', {}, 'the host restarted'],
    ['network.block', {}, 'network.block started'],
    ['tomorrow.fail', { service: 'nginx' }, 'tomorrow.fail started'],
    ['toString', {}, 'toString started'],
  ])('%s with %j: %s', (action, params, words) => {
    expect(wordsOf(action, params)).toBe(words)
  })

  test('a parameter is a text, and never read as a template', () => {
    expect(wordsOf('membership.revoke', { account: '{group|x}', group: '$&' })).toBe('{group|x} taken out of $&')
  })

  test('only what was given is a parameter, not what every object has', () => {
    expect(wordsOf('service.stop', Object.create({ service: 'nginx' }) as Params)).toBe('a service stopped')
  })
})
