import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { LogInGuard } from '../../../src/services/auth/log-in-guard.ts'

const SECOND = 1_000
const HOUR = 3_600_000

function setUp() {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const guard = new LogInGuard()
  const blocked = (user: string, address: string) =>
    guard.check(user, address).then(
      () => false,
      () => true,
    )
  const fail = async (times: number, user = 'admin', address = '192.0.2.1') => {
    for (let n = 0; n < times; n += 1) await guard.failed(user, address)
  }
  return { guard, blocked, fail }
}

describe('the log-in guard', () => {
  test('lets people mistype', async () => {
    const { blocked, fail } = setUp()
    await fail(4)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('makes each further failure wait twice as long, up to a quarter of an hour', async () => {
    const { blocked, fail } = setUp()
    await fail(5)
    expect(await blocked('admin', '192.0.2.1')).toBe(true)
    vi.advanceTimersByTime(2 * SECOND)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
    await fail(1)
    vi.advanceTimersByTime(2 * SECOND)
    expect(await blocked('admin', '192.0.2.1')).toBe(true)
    vi.advanceTimersByTime(2 * SECOND)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
    await fail(50)
    vi.advanceTimersByTime(15 * 60 * SECOND - 1)
    expect(await blocked('admin', '192.0.2.1')).toBe(true)
    vi.advanceTimersByTime(1)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('says how long to wait', async () => {
    const { guard, fail } = setUp()
    await fail(7)
    vi.advanceTimersByTime(2_500)
    await expect(guard.check('admin', '192.0.2.1')).rejects.toMatchObject({
      code: 'too-many',
      message: 'Too many wrong passwords; wait 6 s before trying again.',
    })
  })

  test('a step of the calendar neither shortens nor prolongs a wait', async () => {
    const { blocked, fail } = setUp()
    const start = Date.now()
    await fail(7)
    vi.setSystemTime(start + HOUR)
    expect(await blocked('admin', '192.0.2.1')).toBe(true)
    vi.setSystemTime(start - HOUR)
    vi.advanceTimersByTime(8 * SECOND)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('a stranger cannot lock the administrator out from elsewhere', async () => {
    const { blocked, fail } = setUp()
    await fail(50, 'admin', '198.51.100.9')
    expect(await blocked('admin', '198.51.100.9')).toBe(true)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
  })

  test('of many attempts at one moment, each waits for how the one before it went', async () => {
    const { guard } = setUp()
    const guess = () =>
      guard.inTurn('192.0.2.1', async () => {
        await guard.check('admin', '192.0.2.1')
        await guard.failed('admin', '192.0.2.1')
        throw new Error('wrong')
      })
    const ended = await Promise.allSettled(Array.from({ length: 12 }, guess))
    const reasons = ended.map((one) => (one.status === 'rejected' ? String(one.reason.message) : 'let in'))
    expect(reasons.filter((reason) => reason === 'wrong')).toHaveLength(5)
    expect(reasons.filter((reason) => reason.startsWith('Too many wrong passwords'))).toHaveLength(7)
  })

  test('an address that tries many names is slowed down as well', async () => {
    const { blocked, fail } = setUp()
    for (let n = 0; n < 19; n += 1) await fail(1, `user${n}`)
    expect(await blocked('somebody else', '192.0.2.1')).toBe(false)
    await fail(1, 'user19')
    expect(await blocked('somebody else', '192.0.2.1')).toBe(true)
  })

  test('forgets after a success, and an hour after the last failure', async () => {
    const { guard, blocked, fail } = setUp()
    await fail(4)
    await guard.succeeded('admin', '192.0.2.1')
    await fail(4)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
    vi.advanceTimersByTime(HOUR)
    await fail(3)
    vi.advanceTimersByTime(HOUR - 1)
    await fail(1)
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
    vi.advanceTimersByTime(HOUR - 1)
    await fail(1)
    expect(await blocked('admin', '192.0.2.1')).toBe(true)
  })

  test('keeps 10,000 keys, those that failed last', async () => {
    const { guard, blocked, fail } = setUp()
    // Until its wait is over, an entry can only go because it is one too many.
    await fail(20, 'admin', '192.0.2.1')
    await fail(20, 'admin', '192.0.2.2')
    // Two keys each: with the four above, 10,000.
    for (let n = 0; n < 4_998; n += 1) await guard.failed('admin', `network ${n}`)
    expect(await blocked('admin', '192.0.2.1')).toBe(true)
    await guard.failed('admin', '192.0.2.3')
    expect(await blocked('admin', '192.0.2.1')).toBe(false)
    expect(await blocked('admin', '192.0.2.2')).toBe(true)
  })
})
