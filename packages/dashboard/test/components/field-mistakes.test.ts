import { PasswordRequest, ScheduleRequest, WebhookRequest } from '@chaos-lite/shared/api'
import { describe, expect, it } from 'vitest'
import { fieldMistakes } from '../../src/components/field-mistakes.ts'

describe('the fields of a form, judged by the schema of the request', () => {
  it('of a webhook', () => {
    const judged = (url: string, purpose = '') => fieldMistakes(WebhookRequest, { url, purpose })
    expect(judged('https://chat.example.com/hooks/1', 'The chat')).toEqual({})
    expect(judged('')).toEqual({ url: 'Must be an address such as https://chaos.example.test.' })
    expect(judged('chat.example.com')).toEqual({ url: 'Must be an address such as https://chaos.example.test.' })
    for (const url of ['ftp://chat.example.com/', 'https://user:secret@chat.example.com/'])
      expect(judged(url)).toEqual({ url: 'Must begin with http:// or https:// and hold no password.' })
    expect(judged('https://a.example', 'x'.repeat(201))).toEqual({ purpose: 'Must have at most 200 characters.' })
  })

  it('of a new password', () => {
    expect(fieldMistakes(PasswordRequest, { current: 'once', next: 'short' })).toEqual({
      next: 'Must have at least 12 characters.',
    })
  })

  it('of a schedule', () => {
    const judged = (name: string) => fieldMistakes(ScheduleRequest.pick({ name: true }), { name })
    expect(judged('Every Friday')).toEqual({})
    expect(judged(' ')).toEqual({ name: 'Must not be empty.' })
    expect(judged('x'.repeat(129))).toEqual({ name: 'Must have at most 128 characters.' })
    expect(judged('two\nlines')).toEqual({ name: 'Must be one line of printable text.' })
  })
})
