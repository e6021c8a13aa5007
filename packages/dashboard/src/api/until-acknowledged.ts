import { backOffMs } from '@chaos-lite/shared'
import { ApiError } from './client.ts'

const BACK_OFF = { firstMs: 500, mostMs: 4_000 }
/** A controller that says nothing for so long is asked again. */
export const ANSWER_MS = 10_000

/** Did the controller answer at all? A "no" is an answer, and a person has to read it; half an answer is none. */
function isUnanswered(error: Error): boolean {
  if (!(error instanceof ApiError)) return false
  const { status } = error.problem
  return status < 300 || status === 408 || status === 429 || status >= 500
}

/** What stops something is asked for again, without end, until the controller has acknowledged it. */
export const untilAcknowledged = {
  // Also while the browser believes that it has no network: it may be wrong.
  networkMode: 'always',
  retry: (_count: number, error: Error) => isUnanswered(error),
  retryDelay: (count: number) => backOffMs(count, BACK_OFF),
} as const
