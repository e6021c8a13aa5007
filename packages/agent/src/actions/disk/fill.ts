import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { defineAction } from '../action.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { PlainPath } from '../params.ts'
import { diskCeiling } from './ceiling.ts'
import { FillUndo, fillStanding, inMiB, mebibyte, unaskedMiB, wantedBytes } from './fill-undo.ts'
import { fillUp } from './fill-up.ts'
import { takeAway } from './own-file.ts'
import { readFill } from './read.ts'
import { watchFloor } from './watch-floor.ts'
import { words } from './words.en.ts'

const PLACE = 'action.disk.fill'
const say = saying(PLACE, words)

const Params = z.strictObject({
  folder: PlainPath.describe('A folder on the file system that is filled; the file lies in it'),
  leavePercent: z.int().min(2).max(90).describe('Filled until only this share of the file system is free, in per cent'),
  atMostMiB: z
    .int()
    .min(16)
    .max(1_000_000)
    .optional()
    .describe('Stop at a file of this size, however much is free; default: refuse to start above 51200 MiB (50 GiB)'),
})

/**
 * Reserves blocks by fallocate(2), and writes only where the file system cannot. A watcher frees room again when others
 * take the rest.
 */
export const diskFill = defineAction({
  name: 'disk.fill',
  words: underCodes(PLACE, words),
  summary: 'Fills a file system up to a level with one file of its own, and removes the file.',
  needs: ['files', 'loads'],
  params: Params,
  undo: { 1: FillUndo },
  bootPhase: 'early',
  overRestart: 'stays',
  policy: { ceilings: [diskCeiling] },
  touches: ({ folder }) => [`file:${folder}`, 'load:disk'],
  asks: ({ folder, leavePercent }) => [
    { kind: 'folder', value: folder },
    { kind: 'diskKeepFree', value: String(leavePercent) },
  ],
  prepare: (context, params) => readFill(context, params),
  explain: ({ folder, leavePercent, atMostMiB }, undo) => [
    say('fills', { folder, kind: undo.kind, leavePercent }),
    say.about('size', {}, { leaveMiB: inMiB(undo.leaveBytes), totalMiB: inMiB(undo.totalBytes) }),
    atMostMiB === undefined ? say('bound', { mostMiB: unaskedMiB }) : say('most', { mostMiB: atMostMiB }),
    say('floor', { floorMiB: inMiB(undo.floorBytes) }),
    say('rollback'),
  ],
  beyond: ({ atMostMiB }, undo) => {
    if (atMostMiB !== undefined) return null
    const wouldMiB = inMiB(wantedBytes({ ...undo, mostBytes: unaskedMiB * mebibyte }))
    return wouldMiB <= unaskedMiB ? null : say.about('beyond', { mostMiB: unaskedMiB }, { wouldMiB })
  },
  effect: ({ folder }, { seenBytes }) => ({
    probe: 'disk',
    params: { path: folder, freeBytesAtLeast: seenBytes },
    measured: ['freeBytesAtLeast'],
    expect: 'down',
  }),
  budgets: () => ({ injectMs: 120_000, revertMs: 60_000 }),
  inject: async (context, _, undo) => {
    await fillUp(context, undo)
    watchFloor(context.host.files, undo)
  },
  verify: ({ host }, undo) => fillStanding(host.files, undo),
  // Emptied, or something else in its place: the room is there again.
  stillInPlace: async () => false,
  revert: async (context, undo) => {
    const { compared, kept } = await takeAway(
      context,
      undo,
      async (path) => !(await context.host.files.holdsData(path)),
    )
    return outcomeOf(compared, kept)
  },
  byHand: ({ path, folder, folderMtimeNs }) => [`rm -f ${quoted(path)}`, touchCommand(folder, folderMtimeNs)],
})
