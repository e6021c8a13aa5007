import { describe, expect, test } from 'vitest'
import { administrator, ask, openController, PASSWORD } from '../support/controller.ts'

/** What only somebody who writes programs would say. */
const RAW = /\b(?:expected|received|invalid)\b|>=|<=|pattern|regex|string to|record$/i

describe('a request that is not as it must be', () => {
  test('is refused with sentences that say what was expected, never with the words of the schema', async () => {
    const controller = await openController()
    const headers = await administrator(controller)
    const run = `runs/${'0'.repeat(26)}`
    const refused = async (path: string, method: 'GET' | 'POST' | 'PUT', body?: object) => {
      const answer = await ask(controller, path, { headers, method, ...(body === undefined ? {} : { body }) })
      expect({ path, ...answer }).toMatchObject({ path, status: 400, body: { code: 'request-invalid' } })
      for (const { message } of answer.body.items) expect(message).not.toMatch(RAW)
      expect(answer.body.detail).not.toMatch(RAW)
      return `${answer.body.detail}`
    }
    expect(await refused('session/password', 'POST', { current: PASSWORD, next: 'short' })).toBe(
      'The request was refused: next must have at least 12 characters.',
    )
    expect(await refused('session/password', 'POST', {})).toBe(
      'The request was refused: current is missing (and 1 more mistake).',
    )
    expect(await refused('tokens', 'POST', { labels: { Role: 'x' } })).toContain(
      'labels.Role is not a name that is allowed here: it must begin with a lower-case letter',
    )
    expect(await refused('tokens', 'POST', { validForMs: 1 })).toContain('validForMs must be at least 60000')
    expect(await refused('tokens', 'POST', { validForMs: 1.5 })).toContain('validForMs must be a whole number')
    expect(await refused('tokens', 'POST', { approve: 'perhaps' })).toContain('approve must be true or false')
    expect(await refused(`${run}/answers/ask-1`, 'POST', { answer: 'maybe' })).toContain(
      'answer must be one of yes, no, partly',
    )
    expect(await refused(`${run}/acknowledge/2`, 'POST', {})).toBe('"2" is not the name of a step.')
    expect(await refused('hosts?state=lost', 'GET')).toContain('state must be one of pending, approved, revoked')
    expect(await refused('runs?limit=many', 'GET')).toContain('limit must be a number')
    expect(await refused('webhooks', 'POST', { url: 'nowhere' })).toContain('url must be an address such as https://')
    expect(await refused('plans', 'POST', { drill: 'x'.repeat(65) })).toContain('drill must have at most 64 characters')
    expect(await refused('runs', 'POST', { planId: 'x', digest: 'x' })).toContain('planId must be an id such as 01')
    expect(await refused('schedules/quarterly/pause', 'POST', {})).toBe('"quarterly" is not the id of a schedule.')
    expect(await refused('runs/last/abort', 'POST', { reason: '' })).toBe('"last" is not the id of a run.')
    expect(await refused('hosts/web-1', 'GET')).toBe('"web-1" is not the id of a host.')
  })
})
