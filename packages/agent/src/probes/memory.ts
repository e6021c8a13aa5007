import type { Expectation } from '@chaos-lite/shared'
import * as z from 'zod'
import { defineProbe } from './probe.ts'

/** How much memory is left for programs, as the kernel estimates it? */
export const memoryProbe = defineProbe({
  name: 'memory',
  summary: 'How much memory of this host is available to programs?',
  needs: ['loads'],
  params: z.strictObject({
    availableBytesAtLeast: z.int().min(0).optional().describe('Less than this counts as down; default: 5 per cent'),
  }),
  value: {
    availableBytes: 'bytes that programs could still take without swapping',
    totalBytes: 'bytes of memory',
    availablePercent: 'available share in per cent, rounded down',
  },
  expect: ({ availableBytesAtLeast }): Record<string, Expectation> =>
    availableBytesAtLeast === undefined
      ? { availablePercent: { atLeast: 5 } }
      : { availableBytes: { atLeast: availableBytesAtLeast } },
  asks: () => [],
  timeoutMs: () => 5_000,
  async look({ host }) {
    const { totalBytes, availableBytes } = await host.loads.memory()
    const availablePercent = totalBytes === 0 ? null : Math.floor((100 * availableBytes) / totalBytes)
    return { evaluated: true, message: null, value: { availableBytes, totalBytes, availablePercent } }
  },
})
