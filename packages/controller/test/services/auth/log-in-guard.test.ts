import { describe, expect, test } from 'vitest'
import { LogInGuard } from '../../../src/services/auth/log-in-guard.ts'

function setUp() {
  const clock = { ms: 0, nowMs: () => clock.ms }
  const guard = new LogInGuard(clock)
  const blocked = (user: string, address: string) => {
    try {
      guard.check(user, address)
      return false
    } catch {
      return true
    }
  }
  const fail = (times: number, user = 'admin', address = '192.0.2.1') => {
    for (let n = 0; n < times; n += 1) guard.failed(user, address)
  }
  return { clock, guard, blocked, fail }
}

describe('the log-in guard', () => {
  test('lets people mistype', () => {
    const { blocked, fail } = setUp()
    fail(4)
    expect(blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('makes each further failure wait twice as long, up to a quarter of an hour', () => {
    const { clock, blocked, fail } = setUp()
    fail(5)
    expect(blocked('admin', '192.0.2.1')).toBe(true)
    clock.ms += 2_000
    expect(blocked('admin', '192.0.2.1')).toBe(false)
    fail(1)
    clock.ms += 2_000
    expect(blocked('admin', '192.0.2.1')).toBe(true)
    clock.ms += 2_000
    expect(blocked('admin', '192.0.2.1')).toBe(false)
    fail(50)
    clock.ms += 15 * 60_000
    expect(blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('a stranger cannot lock the administrator out from elsewhere', () => {
    const { blocked, fail } = setUp()
    fail(50, 'admin', '198.51.100.9')
    expect(blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('of many attempts at one moment, each waits for how the one before it went', async () => {
    const { guard } = setUp()
    const guess = () =>
      guard.inTurn('192.0.2.1', async () => {
        guard.check('admin', '192.0.2.1')
        await Promise.resolve()
        guard.failed('admin', '192.0.2.1')
        throw new Error('wrong')
      })
    const ended = await Promise.allSettled(Array.from({ length: 12 }, guess))
    const reasons = ended.map((one) => (one.status === 'rejected' ? String(one.reason.message) : 'let in'))
    expect(reasons.filter((reason) => reason === 'wrong')).toHaveLength(5)
    expect(reasons.filter((reason) => reason.startsWith('Too many wrong passwords'))).toHaveLength(7)
  })

  test('an address that tries many names is slowed down as well', () => {
    const { blocked, fail } = setUp()
    for (let n = 0; n < 20; n += 1) fail(1, `user${n}`)
    expect(blocked('somebody else', '192.0.2.1')).toBe(true)
  })

  test('forgets after a success, and after an hour', () => {
    const { clock, guard, blocked, fail } = setUp()
    fail(4)
    guard.succeeded('admin', '192.0.2.1')
    fail(4)
    expect(blocked('admin', '192.0.2.1')).toBe(false)
    clock.ms += 60 * 60_000
    fail(4)
    expect(blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('keeps no more than it must', () => {
    const { guard, blocked } = setUp()
    for (let n = 0; n < 20_000; n += 1) guard.failed('admin', `address ${n}`)
    expect(blocked('admin', 'address 19999')).toBe(false)
  })
})
