import { expect, test } from 'vitest'
import { Costs } from '../../src/services/costs.ts'
import { Turnstile } from '../../src/services/turnstile.ts'

test('who has used up their share waits until it is paid back, and nobody else does', () => {
  const costs = new Costs()
  costs.spend(['user ada', 'address a'], { ms: 15_000 }, 0)
  costs.check(['user ada'], 0)
  costs.spend(['user ada', 'address a'], { bytes: 500_000_000 }, 0)
  expect(() => costs.check(['user ada', 'address b'], 0)).toThrow(/wait 25 s/)
  expect(() => costs.check(['user bob', 'address a'], 0)).toThrow(expect.objectContaining({ code: 'too-many' }))
  costs.check(['user bob', 'address b'], 0)
  costs.check(['user ada', 'address a'], 25_000)
})

test('of the long answers, four of one person are sent at once, the others wait their turn, and too many are refused', async () => {
  const turnstile = new Turnstile()
  const inside: string[] = []
  const enter = async (key: string) => {
    const leave = await turnstile.enter(key)
    inside.push(key)
    return leave
  }
  const hers = Array.from({ length: 20 }, () => enter('ada'))
  await Promise.all(hers.slice(0, 4))
  await expect(enter('ada')).rejects.toMatchObject({ code: 'too-many' })
  await enter('bob')
  expect(inside).toEqual(['ada', 'ada', 'ada', 'ada', 'bob'])
  for (const her of hers) (await her)()
  expect(inside.filter((key) => key === 'ada')).toHaveLength(20)
})
