import { describe, expect, it } from 'vitest'
import { ApiError } from '../../src/api/client.ts'
import { untilAcknowledged } from '../../src/api/until-acknowledged.ts'

const answered = (status: number) =>
  new ApiError({ title: 'No', status, detail: 'No.', code: status === 0 ? 'unreachable' : 'internal' })

describe('a command that stops something', () => {
  it('is sent again, without end, for as long as the controller has not answered', () => {
    for (const status of [0, 200, 408, 429, 500, 502, 503, 504])
      for (const count of [0, 10, 10_000]) expect(untilAcknowledged.retry(count, answered(status))).toBe(true)
  })

  it('is sent again every few seconds, however long it takes', () => {
    for (const count of [0, 3, 10_000]) {
      expect(untilAcknowledged.retryDelay(count)).toBeGreaterThan(0)
      expect(untilAcknowledged.retryDelay(count)).toBeLessThanOrEqual(5_000)
    }
  })

  it('is not sent again when the controller said no, or the page itself failed', () => {
    for (const status of [400, 401, 403, 404, 409, 422])
      expect(untilAcknowledged.retry(0, answered(status))).toBe(false)
    expect(untilAcknowledged.retry(0, new Error('a fault of this page'))).toBe(false)
  })
})
