import { vi } from 'vitest'

const PATIENCE_MS = 120_000

/**
 * Waits until `check` no longer throws, and returns what it returns. Patient: a machine that has much else to do may
 * stand still for seconds, and says nothing about the program by that.
 */
export function eventually<T>(check: () => T | Promise<T>, { timeout = PATIENCE_MS } = {}): Promise<T> {
  return vi.waitFor(check, { timeout })
}
