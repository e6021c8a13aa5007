import { totalmem } from 'node:os'
import type { Hardware } from '@chaos-lite/shared'

/**
 * The memory. On Linux `mem` of systeminformation reads `/proc/meminfo` and starts no program; elsewhere it would, and the
 * runtime alone is asked, which knows nothing of swap.
 */
export async function readMemory(): Promise<Hardware['memory']> {
  if (process.platform === 'linux') {
    try {
      const { mem } = await import('systeminformation')
      const { total, swaptotal } = await mem()
      return { totalBytes: total > 0 ? total : totalmem(), swapBytes: total > 0 ? swaptotal : null }
    } catch {
      // As on every other system.
    }
  }
  return { totalBytes: totalmem(), swapBytes: null }
}
