import { setTimeout as pause } from 'node:timers/promises'
import type { Expectation } from '@chaos-lite/shared'
import * as z from 'zod'
import { AbsolutePath } from '../params/index.ts'
import { faultOf } from '../text/index.ts'
import { defineProbe } from './probe.ts'

const windowMs = 1000
const mebibyte = 1024 * 1024

/** How much is written to a disk, as the kernel counts? */
export const ioProbe = defineProbe({
  name: 'io',
  summary: 'How much is being written to the disk that holds a path?',
  needs: ['loads'],
  params: z.strictObject({
    path: AbsolutePath,
    writtenMiBAtMost: z.number().min(0).optional().describe('More per second counts as down; default: 100 MiB'),
  }),
  value: { writtenMiB: 'MiB written to the disk in the last second, by everybody' },
  expect: ({ writtenMiBAtMost }): Record<string, Expectation> => ({ writtenMiB: { atMost: writtenMiBAtMost ?? 100 } }),
  asks: ({ path }) => [{ kind: 'disk', value: path }],
  timeoutMs: () => 5_000,
  reads: () => 'paths',
  async look({ host, signal }, { path }) {
    try {
      const before = await host.loads.writtenBytes(path)
      await pause(windowMs, null, { signal })
      const after = await host.loads.writtenBytes(path)
      if (before === null || after === null)
        return { evaluated: false, message: `What is written to the disk of ${path} is not counted on this host` }
      const writtenMiB = Math.round(((after - before) * 10) / mebibyte) / 10
      return { evaluated: true, message: null, value: { writtenMiB } }
    } catch (thrown) {
      return { evaluated: false, message: `The disk of ${path} cannot be looked at: ${faultOf(thrown)}` }
    }
  },
})
