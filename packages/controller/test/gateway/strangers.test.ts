import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Strangers } from '../../src/gateway/strangers.ts'

/** Places on a clock that the test moves; `dropped` names those that had to go. */
function placesOf(limits: { total: number; perNetwork: number }) {
  const dropped: string[] = []
  const clock = { nowMs: 0 }
  const strangers = new Strangers(limits, () => clock.nowMs)
  const take = (name: string) => strangers.take(name.replace(/\d+$/, ''), () => void dropped.push(name))
  return { strangers, take, dropped, clock }
}

describe('places of strangers', () => {
  test('the oldest silent socket of the network makes room for its next one', () => {
    const { take, dropped } = placesOf({ total: 10, perNetwork: 2 })
    take('a1')?.spoke()
    for (const name of ['a2', 'a3', 'a4', 'b1']) expect(take(name)).not.toBeNull()
    expect(dropped).toEqual(['a2', 'a3'])
  })

  test('where all are taken, the network that holds the most gives one up', () => {
    const { take, dropped } = placesOf({ total: 4, perNetwork: 3 })
    for (const name of ['a1', 'b1', 'b2', 'b3', 'c1']) expect(take(name)).not.toBeNull()
    expect(dropped).toEqual(['b1'])
  })

  test('a handshake that is under way keeps its place for a second, and no longer', () => {
    const { take, dropped, clock } = placesOf({ total: 2, perNetwork: 2 })
    for (const name of ['a1', 'a2']) take(name)?.spoke()
    expect(take('a3')).toBeNull()
    clock.nowMs = 1_001
    expect(take('a3')).not.toBeNull()
    expect(dropped).toEqual(['a1'])
  })

  test('networks of known hosts lose their places last, and a known host comes in beside strangers', () => {
    const { take, dropped } = placesOf({ total: 2, perNetwork: 2 })
    take('home1')?.proved()
    take('home2')
    take('home3')
    expect(take('evil1')).toBeNull()
    expect(dropped).toEqual([])
    expect(take('home4')).not.toBeNull()
    expect(dropped).toEqual(['home2'])
  })

  test('a known network is kept although strangers hold all the other places', () => {
    const { take, dropped } = placesOf({ total: 3, perNetwork: 2 })
    take('home1')?.proved()
    for (const name of ['home2', 'evil1', 'wild1', 'evil2', 'wild2', 'evil3']) take(name)
    expect(dropped).not.toContain('home2')
  })

  test('some places are kept for known networks, whoever else speaks at once and comes again', () => {
    const { take, dropped } = placesOf({ total: 8, perNetwork: 3 })
    take('home1')?.proved()
    const strangers = ['evil1', 'evil2', 'evil3', 'wild1', 'wild2', 'wild3', 'rude1', 'rude2', 'rude3']
    const places = strangers.map((name) => take(name))
    for (const place of places) place?.spoke()
    expect(places.filter((place) => place !== null)).toHaveLength(9 - 3 + dropped.length)
    for (const name of ['rude4', 'other1']) expect(take(name)).toBeNull()
    for (const name of ['home2', 'home3']) expect(take(name)).not.toBeNull()
  })

  test('a place that is given back twice, or was proved, is one place', () => {
    const { strangers, take } = placesOf({ total: 3, perNetwork: 3 })
    const [first, second] = [take('a1'), take('a2')]
    first?.gone()
    first?.gone()
    second?.proved()
    second?.gone()
    expect(strangers.size).toBe(0)
  })

  test('whatever comes and goes, no limit is exceeded, and who is dropped gives up its place once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ network: fc.constantFrom('a', 'b', 'c', 'd'), speaks: fc.boolean() })),
        (all) => {
          const { strangers, take, dropped, clock } = placesOf({ total: 5, perNetwork: 3 })
          let taken = 0
          for (const [index, { network, speaks }] of all.entries()) {
            clock.nowMs += 300
            const place = take(`${network}${index}`)
            if (place !== null) taken += 1
            if (speaks) place?.spoke()
            expect(strangers.size).toBeLessThanOrEqual(5)
          }
          expect(strangers.size).toBe(taken - dropped.length)
          expect(new Set(dropped).size).toBe(dropped.length)
        },
      ),
    )
  })
})
