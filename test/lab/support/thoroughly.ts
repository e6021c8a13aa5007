import { test } from 'vitest'

/** With CHAOS_LITE_LAB=all, also the cases that take long and show of one failure what other tests show of others. */
const ALL = process.env.CHAOS_LITE_LAB === 'all'

/** A test of a thorough run. In the everyday one it does not exist, as it is no part of what has to run there. */
export function thoroughly(name: string, work: () => Promise<void>): void {
  if (ALL) test(name, work)
}
