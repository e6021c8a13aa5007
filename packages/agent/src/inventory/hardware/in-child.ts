import { Hardware, sentenceOf } from '@chaos-lite/shared'

/** Files of a device that does not answer may be waited for: then the child is killed, and nothing is known. */
const WITHIN_MS = 60_000
/** Links may come and go quickly; the hardware does not. */
const FRESH_MS = 10 * 60_000

/** How hardware is read: rarely, and where a hanging device hangs nothing else. */
export interface HardwareReaderOptions {
  readonly monoMs: () => number
  readonly warn: (message: string) => void
  /** How it is read; default: in a child process. */
  readonly read?: (signal: AbortSignal) => Promise<unknown>
}

/**
 * Reads what this machine is made of in a child process without rights. The answer is checked as anything from outside;
 * null when there is none. It is kept for ten minutes. Never rejects.
 */
export function hardwareReader({ monoMs, warn, read = inChild }: HardwareReaderOptions) {
  let kept: { readonly atMs: number; readonly hardware: Hardware } | null = null
  return async (signal: AbortSignal): Promise<Hardware | null> => {
    if (kept !== null && monoMs() - kept.atMs < FRESH_MS) return kept.hardware
    try {
      kept = { atMs: monoMs(), hardware: Hardware.parse(await read(signal)) }
      return kept.hardware
    } catch (error) {
      if (!signal.aborted) warn(`What this host is made of could not be read: ${sentenceOf(error)}`)
      return null
    }
  }
}

async function inChild(signal: AbortSignal): Promise<unknown> {
  const { runInChild } = await import('../../child/run-in-child.ts')
  return await runInChild('hardware', null, { deadlineMs: WITHIN_MS, signal })
}
