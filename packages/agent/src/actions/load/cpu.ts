import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { defineAction } from '../action.ts'
import { cpuCeiling } from './ceilings.ts'
import { begin, end, endByHand, loadStanding, loadUndo, newMarker } from './load-undo.ts'
import { loadTexts, sayLoad } from './load-words.ts'
import { cpuWords } from './words.en.ts'

const PLACE = 'action.cpu.load'
const say = saying(PLACE, cpuWords)

const Params = z.strictObject({
  percent: z.int().min(5).max(95).describe('The share of each processor that is kept busy, in per cent'),
  cores: z.int().min(1).max(1024).optional().describe('How many processors; default: all of them'),
})

const Undo = z.strictObject({
  ...loadUndo,
  percent: z.int().min(1).max(95),
  cores: z.int().min(1),
  of: z.int().min(1),
  /** Busier than this, the processors are seen to be loaded. */
  seenPercent: z.int().min(1).max(100),
})

const lookMs = 500

/**
 * Busy loops of the lowest priority. The effect is seen in the use of the processors, not in what other programs
 * suffer.
 */
export const cpuLoad = defineAction({
  name: 'cpu.load',
  words: { ...loadTexts, ...underCodes(PLACE, cpuWords) },
  summary: 'Keeps the processors busy with a process of its own, of the lowest priority.',
  needs: ['loads'],
  params: Params,
  undo: { 1: Undo },
  bootPhase: 'early',
  overRestart: 'ends',
  policy: { ceilings: [cpuCeiling] },
  touches: () => ['load:cpu'],
  asks: ({ percent }) => [{ kind: 'cpuAtMost', value: String(percent) }],
  prepare: async (context, { percent, cores }) => {
    const { loads } = context.host
    const busy = await loads.busyPercent(lookMs)
    const used = Math.min(cores ?? loads.cores, loads.cores)
    const share = (percent * used) / loads.cores
    // Half of what it adds to what is idle now.
    const seenPercent = Math.max(1, Math.min(99, Math.round(busy + (share * (100 - busy)) / 200)))
    return { ...newMarker(context), percent, cores: used, of: loads.cores, seenPercent }
  },
  explain: ({ cores: asked }, { percent, cores, of }) => [
    asked === undefined ? say('every', { percent }) : say('some', { cores: asked, percent }),
    say.about('size', {}, { cores, of }),
    sayLoad('ends'),
    say('rollback'),
  ],
  effect: (_, { seenPercent }) => ({
    probe: 'cpu',
    params: { busyPercentAtMost: seenPercent },
    measured: ['busyPercentAtMost'],
    expect: 'down',
  }),
  budgets: () => ({ injectMs: 60_000, revertMs: 20_000 }),
  inject: (context, _, undo) => begin(context, undo, { kind: 'cpu', cores: undo.cores, percent: undo.percent }),
  verify: (context, undo) => loadStanding(context, undo),
  revert: (context, undo) => end(context, undo),
  byHand: (undo) => endByHand(undo),
})
