import { ChaosError, type ErrorCode, errorCatalogue, sentenceOf } from '@chaos-lite/shared'
import * as z from 'zod'

/** What the agent asks of a child: one line of JSON. */
export const Order = z.strictObject({ id: z.int().min(1), input: z.json() })
export type Order = z.infer<typeof Order>

const Failure = z.strictObject({ code: z.string(), reason: z.string().max(4096), rule: z.string().nullable() })
/** An error of a child as it crosses the pipe: enough to throw a `ChaosError` of the same code again. */
export type Failure = z.infer<typeof Failure>

/** What a child says: one line of JSON for each message. `answer` or `failed` is the last one about an order. */
export const Said = z.union([
  z.strictObject({ id: z.int(), news: z.json() }),
  z.strictObject({ id: z.int(), answer: z.json() }),
  z.strictObject({ id: z.int(), failed: Failure }),
])
export type Said = z.infer<typeof Said>

/** A failure as a child reports it. */
export function failureOf(thrown: unknown): Failure {
  const { code, rule } = thrown instanceof ChaosError ? thrown : { code: 'internal', rule: null }
  return { code, reason: sentenceOf(thrown).slice(0, 4096), rule }
}

/** The same failure on the agent's side. */
export function errorOf({ code, reason, rule }: Failure): ChaosError {
  const known = code in errorCatalogue ? (code as ErrorCode) : 'internal'
  return new ChaosError(known, reason, rule === null ? {} : { rule })
}
