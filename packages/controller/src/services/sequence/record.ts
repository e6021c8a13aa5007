import { ChaosError, type ControllerEvent, sentenceOf } from '@chaos-lite/shared'
import type { SequenceDeps } from './context.ts'

const AGAIN_MS = 1_000

/** Records a fact that nothing may wait for. What cannot be stored goes to the log. Never rejects. */
export async function recordOrLog(
  { book, log }: Pick<SequenceDeps, 'book' | 'log'>,
  event: ControllerEvent,
): Promise<void> {
  try {
    await book.record(event)
  } catch (error) {
    log.error({ err: error, runId: event.runId }, `the fact ${event.type} could not be stored: ${sentenceOf(error)}`)
  }
}

/**
 * Records a fact without which the record would not be true: while the disk is full it is tried again and again. Throws
 * only what trying again cannot help.
 */
export async function recordSurely(
  { book, log }: Pick<SequenceDeps, 'book' | 'log'>,
  event: ControllerEvent | (() => ControllerEvent),
): ReturnType<SequenceDeps['book']['record']> {
  for (;;) {
    const stated = typeof event === 'function' ? event() : event
    try {
      return await book.record(stated)
    } catch (error) {
      if (!(error instanceof ChaosError) || error.code !== 'storage-full') throw error
      log.error({ err: error, runId: stated.runId }, `the fact ${stated.type} waits until there is room`)
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref())
    }
  }
}
