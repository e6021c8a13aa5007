import type { Reply } from './model/replies.ts'

/** The colour of a card's icon and figures: red is what came late, otherwise than expected, or not at all. */
export function replyColour({ tone }: Reply): string {
  if (tone === 'bad') return 'var(--broken)'
  return tone === 'good' ? 'var(--passing)' : 'var(--mantine-color-dimmed)'
}

/** How the figures of a card are written. */
export function replyLook(reply: Reply): { c: string; fw: number } {
  return { c: reply.tone === 'good' ? 'dimmed' : replyColour(reply), fw: reply.tone === 'bad' ? 600 : 400 }
}
