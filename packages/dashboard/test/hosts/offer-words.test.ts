import type { Offer } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { byOffer, offerBadge } from '../../src/pages/host/offer-words.ts'

const offer = (name: string, offered: boolean, lacks?: Offer['lacks']): Offer => ({
  ...{ name, kind: 'action', offered, why: 'because' },
  ...(lacks === undefined ? {} : { lacks }),
})

describe('what a host offers', () => {
  test('is said in words that distinguish what the host cannot do from what its owner does not allow', () => {
    expect(offerBadge(offer('a', true, null))).toEqual({ tone: 'good', label: 'Allowed' })
    expect(offerBadge(offer('a', false, 'permission'))).toEqual({ tone: 'quiet', label: 'Not allowed' })
    expect(offerBadge(offer('a', false, 'ability'))).toEqual({ tone: 'warn', label: 'Not possible here' })
  })

  test('by an agent that does not say why, is not allowed: the reason beside it says more', () => {
    expect(offerBadge(offer('a', false))).toEqual({ tone: 'quiet', label: 'Not allowed' })
  })

  test('comes first, then what its owner could allow, then what the host cannot do; each as the agent reported it', () => {
    const reported = [
      offer('d', false, 'ability'),
      offer('b', false, 'permission'),
      offer('c', false),
      offer('a', true),
    ]
    expect(reported.toSorted(byOffer).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
  })
})
