import { describe, expect, test } from 'vitest'
import { hashPassword, verifyPassword } from '../../../src/services/auth/password.ts'

describe('a password', () => {
  test('is kept as a salted scrypt key that names its cost', async () => {
    const [one, two] = await Promise.all([hashPassword('geheim'), hashPassword('geheim')])
    expect(one).toMatch(/^scrypt\$32768\$8\$3\$/)
    expect(one).not.toBe(two)
    expect(one).not.toContain('geheim')
    expect(await verifyPassword('geheim', one)).toBe(true)
    expect(await verifyPassword('Geheim', one)).toBe(false)
  })

  test('typed on another keyboard is the same password', async () => {
    expect(await verifyPassword('Zu\u0308rich', await hashPassword('Z\u00fcrich'))).toBe(true)
  })

  test('never fits a user who is not there, or a hash that is no hash', async () => {
    expect(await verifyPassword('', null)).toBe(false)
    expect(await verifyPassword('x', 'plain$x')).toBe(false)
    expect(await verifyPassword('x', '')).toBe(false)
  })
})
