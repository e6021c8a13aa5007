import { statfs } from 'node:fs/promises'
import type { Expectation } from '@chaos-lite/shared'
import * as z from 'zod'
import { AbsolutePath } from '../params/index.ts'
import { faultOf } from '../text/index.ts'
import { defineProbe } from './probe.ts'

/** A share whose server is gone never answers. What asks it is stuck, and the agent has few threads to roll a host back. */
const mostAtOnce = 2
const waiting: (() => void)[] = []
let asking = 0

async function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  if (asking >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else asking += 1
  try {
    return await ask()
  } finally {
    // The place goes to the next one that waits.
    const next = waiting.shift()
    if (next === undefined) asking -= 1
    else next()
  }
}

/** How much room is left on the file system of a path. */
export const diskProbe = defineProbe({
  name: 'disk',
  summary: 'How much room is left on the file system that holds a path?',
  needs: ['files'],
  params: z.strictObject({
    path: AbsolutePath,
    freeBytesAtLeast: z.int().min(0).optional().describe('Less room than this counts as down; default: 5 per cent'),
  }),
  value: {
    freeBytes: 'bytes that an ordinary account may still write',
    totalBytes: 'size of the file system in bytes',
    freePercent: 'free share in per cent, rounded down',
  },
  expect: ({ freeBytesAtLeast }): Record<string, Expectation> =>
    freeBytesAtLeast === undefined ? { freePercent: { atLeast: 5 } } : { freeBytes: { atLeast: freeBytesAtLeast } },
  asks: ({ path }) => [{ kind: 'disk', value: path }],
  timeoutMs: () => 5_000,
  reads: () => 'paths',
  async look(_context, { path }) {
    try {
      const space = await inTurn(() => statfs(path))
      const freeBytes = space.bavail * space.bsize
      const totalBytes = space.blocks * space.bsize
      const freePercent = totalBytes === 0 ? null : Math.floor((100 * freeBytes) / totalBytes)
      return { evaluated: true, message: null, value: { freeBytes, totalBytes, freePercent } }
    } catch (thrown) {
      return { evaluated: false, message: `The file system of ${path} cannot be read: ${faultOf(thrown)}` }
    }
  },
})
