import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import { defineAction } from '../action.ts'
import { memoryCeiling } from './ceilings.ts'
import { begin, end, endByHand, loadStanding, loadUndo, newMarker } from './load-undo.ts'

const mebibyte = 1024 * 1024
/** Whatever the share: below this a host cannot be helped any more. */
const floorBytes = 256 * mebibyte
/** Less than this would not be seen. */
const leastBytes = 64 * mebibyte

const Params = z.strictObject({
  leavePercent: z.int().min(5).max(90).describe('Filled until only this share of the memory is available, in per cent'),
  atMostMiB: z.int().min(64).max(10_000_000).optional().describe('Stop at this much, however much is available'),
})

const Undo = z.strictObject({
  ...loadUndo,
  totalBytes: z.int().min(1),
  leaveBytes: z.int().min(1),
  mostBytes: z.int().min(1).nullable(),
  /** With less than this available the memory is seen to be filled. */
  seenBytes: z.int().min(1),
})

export const memoryFill = defineAction({
  name: 'memory.fill',
  summary: 'Takes memory with a process of its own, which the kernel ends first when memory runs out.',
  needs: ['loads'],
  params: Params,
  undo: { 1: Undo },
  bootPhase: 'early',
  overRestart: 'ends',
  policy: { ceilings: [memoryCeiling] },
  touches: () => ['load:memory'],
  asks: ({ leavePercent }) => [{ kind: 'memoryKeepFree', value: String(leavePercent) }],
  prepare: async (context, { leavePercent, atMostMiB }) => {
    const { totalBytes, availableBytes } = await context.host.loads.memory()
    const leaveBytes = Math.max(Math.ceil((totalBytes * leavePercent) / 100), floorBytes)
    const mostBytes = atMostMiB === undefined ? null : atMostMiB * mebibyte
    const fillBytes = Math.min(availableBytes - leaveBytes, mostBytes ?? Number.POSITIVE_INFINITY)
    if (fillBytes < leastBytes) {
      const now = `${mib(availableBytes)} of ${mib(totalBytes)} are available`
      throw new ChaosError('wrong-state', `Only ${now}: there is nothing to take above ${mib(leaveBytes)}.`)
    }
    const seenBytes = Math.floor(availableBytes - fillBytes / 2)
    return { ...newMarker(context), totalBytes, leaveBytes, mostBytes, seenBytes }
  },
  explain: (_, { totalBytes, leaveBytes, mostBytes }) => [
    `A process of our own takes memory until ${mib(leaveBytes)} of ${mib(totalBytes)} are available${mostBytes === null ? '' : `, and no more than ${mib(mostBytes)}`}.`,
    'It gives back at once what others need below that. Should memory run out all the same, the kernel ends this process before any other (oom_score_adj 1000).',
    'It ends by itself when the agent ends, and at the latest when the failure would be put back by the safety timer.',
    'Put back: the process is ended. What the kernel moved to the swap space meanwhile returns when it is used.',
  ],
  effect: (_, { seenBytes }) => ({ probe: 'memory', params: { availableBytesAtLeast: seenBytes }, expect: 'down' }),
  budgets: () => ({ injectMs: 90_000, revertMs: 20_000 }),
  inject: (context, _, undo) =>
    begin(context, undo, { kind: 'memory', leaveBytes: undo.leaveBytes, mostBytes: undo.mostBytes }),
  verify: (context, undo) => loadStanding(context, undo),
  revert: (context, undo) => end(context, undo),
  byHand: (undo) => endByHand(undo),
})

function mib(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`
}
