import type { Expectation } from '@chaos-lite/shared'
import * as z from 'zod'
import { defineProbe } from './probe.ts'

const windowMs = 500

/** How busy are the processors, as the kernel counts? */
export const cpuProbe = defineProbe({
  name: 'cpu',
  summary: 'How busy are the processors of this host?',
  needs: ['loads'],
  params: z.strictObject({
    busyPercentAtMost: z.int().min(1).max(100).optional().describe('Busier than this counts as down; default: 90'),
  }),
  value: { busyPercent: 'share of all processors that was busy for half a second, in per cent', cores: 'processors' },
  expect: ({ busyPercentAtMost }): Record<string, Expectation> => ({
    busyPercent: { atMost: busyPercentAtMost ?? 90 },
  }),
  asks: () => [],
  timeoutMs: () => 5_000,
  async look({ host }) {
    const busyPercent = await host.loads.busyPercent(windowMs)
    return { evaluated: true, message: null, value: { busyPercent, cores: host.loads.cores } }
  },
})
