import { describe, expect, test } from 'vitest'
import { newPassword } from '../../src/commands/new-password.ts'

const good = 'a password of twelve or more'

/** Types these, one after another. */
function typing(atTerminal: boolean, ...typed: string[]) {
  const said: string[] = []
  const answer = newPassword(async () => typed.shift() ?? '', { say: (text) => void said.push(text), atTerminal })
  return { answer, said, typed }
}

describe('a new password', () => {
  test('may be tried again at a terminal, also where the two differ', async () => {
    const { answer, said, typed } = typing(true, 'short', good, 'another', good, good)
    expect(await answer).toBe(good)
    expect(said).toEqual([
      'The new password must have 12 to 512 characters. Try again.',
      'The two new passwords differ. Try again.',
    ])
    expect(typed).toEqual([])
  })

  test('is asked for three times at most', async () => {
    const { answer, typed } = typing(true, 'a', 'b', 'c', 'd')
    await expect(answer).rejects.toThrow('12 to 512 characters. Nothing was changed; log in again.')
    expect(typed).toEqual(['d'])
  })

  test('out of a variable is taken once', async () => {
    const { answer, said } = typing(false, 'short', good, good)
    await expect(answer).rejects.toThrow('Nothing was changed')
    expect(said).toEqual([])
  })
})
