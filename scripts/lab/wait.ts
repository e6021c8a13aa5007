import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from './run.ts'

/** A machine that has much else to do takes its time; only what never comes meets this. */
const PATIENCE_MS = 120_000

/** Asks again and again until the answer is neither false nor undefined, and hands the answer back. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS
  const end = performance.now() + timeoutMs
  for (;;) {
    const asked = performance.now()
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new LabError(`waited ${timeoutMs} ms in vain: ${what}`)
    // A question that starts a program keeps a processor busy: whoever waits leaves two thirds of one to what is awaited.
    await sleep(Math.max(options.everyMs ?? 25, 2 * (performance.now() - asked)))
  }
}
