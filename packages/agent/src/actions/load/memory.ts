import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { defineAction } from '../action.ts'
import { inMiB, mebibyte, mebibytes, wantedBytes } from '../disk/fill-undo.ts'
import { memoryCeiling } from './ceilings.ts'
import { begin, end, endByHand, loadStanding, loadUndo, newMarker } from './load-undo.ts'
import { loadTexts, sayLoad } from './load-words.ts'
import { memoryWords } from './words.en.ts'

const PLACE = 'action.memory.fill'
const say = saying(PLACE, memoryWords)

/** Whatever the share: below this a host cannot be helped any more. */
const floorBytes = 256 * mebibyte
/** Less than this would not be seen. */
const leastBytes = 64 * mebibyte
/** A drill that names no limit of its own never takes more. */
const unaskedMiB = 64 * 1024

const Params = z.strictObject({
  leavePercent: z.int().min(5).max(90).describe('Filled until only this share of the memory is available, in per cent'),
  atMostMiB: z
    .int()
    .min(64)
    .max(10_000_000)
    .optional()
    .describe('Stop at this much, however much is available; default: refuse to start above 65536 MiB (64 GiB)'),
})

const Undo = z.strictObject({
  ...loadUndo,
  totalBytes: z.int().min(1),
  leaveBytes: z.int().min(1),
  mostBytes: z.int().min(1).nullable(),
  /** With less than this available the memory is seen to be filled. */
  seenBytes: z.int().min(1),
})

/** Fills what it takes with random bytes, as equal pages may be merged; gives it back as soon as others need it. */
export const memoryFill = defineAction({
  name: 'memory.fill',
  words: { ...loadTexts, ...underCodes(PLACE, memoryWords) },
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
    const mostBytes = (atMostMiB ?? unaskedMiB) * mebibyte
    const fillBytes = Math.min(availableBytes - leaveBytes, mostBytes)
    if (fillBytes < leastBytes) {
      const now = `${mebibytes(availableBytes)} of ${mebibytes(totalBytes)} are available`
      throw new ChaosError('wrong-state', `Only ${now}: there is nothing to take above ${mebibytes(leaveBytes)}.`)
    }
    const seenBytes = Math.floor(availableBytes - fillBytes / 2)
    return { ...newMarker(context), totalBytes, leaveBytes, mostBytes, seenBytes }
  },
  explain: ({ leavePercent, atMostMiB }, { totalBytes, leaveBytes }) => [
    say('takes', { leavePercent, floorMiB: inMiB(floorBytes) }),
    say.about('size', {}, { leaveMiB: inMiB(leaveBytes), totalMiB: inMiB(totalBytes) }),
    atMostMiB === undefined ? say('bound', { mostMiB: unaskedMiB }) : say('most', { mostMiB: atMostMiB }),
    say('gives'),
    sayLoad('ends'),
    say('rollback'),
  ],
  beyond: ({ atMostMiB }, { seenBytes, leaveBytes }) => {
    if (atMostMiB !== undefined) return null
    const wouldMiB = inMiB(wantedBytes({ seenBytes, leaveBytes, mostBytes: unaskedMiB * mebibyte }))
    return wouldMiB <= unaskedMiB ? null : say.about('beyond', { mostMiB: unaskedMiB }, { wouldMiB })
  },
  effect: (_, { seenBytes }) => ({
    probe: 'memory',
    params: { availableBytesAtLeast: seenBytes },
    measured: ['availableBytesAtLeast'],
    expect: 'down',
  }),
  budgets: () => ({ injectMs: 90_000, revertMs: 20_000 }),
  inject: (context, _, undo) =>
    begin(context, undo, { kind: 'memory', leaveBytes: undo.leaveBytes, mostBytes: undo.mostBytes }),
  verify: (context, undo) => loadStanding(context, undo),
  revert: (context, undo) => end(context, undo),
  byHand: (undo) => endByHand(undo),
})
