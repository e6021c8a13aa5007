import type { Offer } from '@chaos-lite/shared'
import type { Tone } from '../../words/index.ts'

/** What the host cannot do is another thing than what its owner does not allow: only the second is a line in a file. */
export function offerBadge({ offered, lacks }: Offer): { tone: Tone; label: string } {
  if (offered) return { tone: 'good', label: 'Allowed' }
  return lacks === 'ability' ? { tone: 'warn', label: 'Not possible here' } : { tone: 'quiet', label: 'Not allowed' }
}

/** Allowed first, then what the owner could allow, then what the host cannot do. */
export function byOffer(one: Offer, other: Offer): number {
  return rank(one) - rank(other)
}

function rank({ offered, lacks }: Offer): number {
  if (offered) return 0
  return lacks === 'ability' ? 2 : 1
}
