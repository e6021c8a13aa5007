import type { FastifyReply } from 'fastify'
import * as z from 'zod'
import { COUNTED_AT_MOST, type Page } from '../store/index.ts'

/** What every list takes. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('How many of them on one page'),
  text: z.string().max(200).default('').describe('Words that must all be found'),
}

/** One page in answer: the items as the body, and beside them how many there are and where the next page begins. */
export function sendPage<T>(reply: FastifyReply, { items, total, next }: Page<T>): T[] {
  reply.header('total-count', total >= COUNTED_AT_MOST ? `${COUNTED_AT_MOST}+` : String(total))
  if (next !== null) reply.header('next-cursor', next)
  return [...items]
}
