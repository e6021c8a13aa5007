import { createInterface } from 'node:readline'
import { ChaosError, type ErrorCode, errorCatalogue, sentenceOf } from '@chaos-lite/shared'
import type { Said } from './messages.ts'

/** Without an order a child ends soon: nobody is there to give one. */
const ORDER_MS = 30_000
const MOST_TEXT = 4_000

/**
 * The child's side of `talk`: reads its order, carries it out, says what came of it, and ends. The signal is aborted when
 * standard input is closed: whoever asked is gone, or wants it to end.
 */
export async function answerOrder(
  work: (order: unknown, say: (phase: string, tookMs: number) => void, signal: AbortSignal) => Promise<Said>,
): Promise<never> {
  const stop = new AbortController()
  const late = setTimeout(() => process.exit(1), ORDER_MS)
  process.stdout.on('error', () => stop.abort(new Error('stopped')))
  process.stderr.on('error', () => undefined)
  const lines = createInterface(process.stdin)
  const order = new Promise<string>((resolve) => lines.once('line', resolve))
  lines.once('close', () => stop.abort(new Error('stopped')))
  const text = await order
  clearTimeout(late)
  let last: Said
  try {
    last = await work(JSON.parse(text), (phase, tookMs) => say({ phase, tookMs }), stop.signal)
  } catch (thrown) {
    const code: ErrorCode = thrown instanceof ChaosError ? thrown.code : 'internal'
    last = { failed: { code, text: sentenceOf(thrown).slice(0, MOST_TEXT) } }
  }
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(last)}\n`, resolve))
  process.exit(0)
}

function say(said: Said): void {
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

/** What a child could not do, as the error that it was there. */
export function asError({ code, text }: { readonly code: string; readonly text: string }): ChaosError {
  return new ChaosError(code in errorCatalogue ? (code as ErrorCode) : 'tool-failed', text)
}
