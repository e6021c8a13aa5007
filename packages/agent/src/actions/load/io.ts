import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { type ActionContext, defineAction, type EffectProbe, type Reverted } from '../action.ts'
import { mebibyte } from '../disk/fill-undo.ts'
import { folderNow, isFileAway, layDown, ownFileUndo, takeAway } from '../disk/own-file.ts'
import { refuseUnfitFolder } from '../disk/read.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { PlainPath } from '../params.ts'
import { ioCeiling } from './ceilings.ts'
import { begin, end, endByHand, loadStanding, loadUndo, newMarker } from './load-undo.ts'
import { ioWords } from './words.en.ts'

const PLACE = 'action.io.load'
const say = saying(PLACE, ioWords)

const fileBytes = 64 * mebibyte
/** What must stay free beside our file. */
const reserveBytes = 256 * mebibyte
const lookMs = 1000

const Params = z.strictObject({
  folder: PlainPath.describe('A folder on the disk that is kept busy; a file of our own lies in it'),
  mibPerSecond: z.int().min(1).max(500).describe('How fast it is written at most, in MiB per second'),
})

const Undo = z.strictObject({
  ...loadUndo,
  ...ownFileUndo,
  mibPerSecond: z.int().min(1).max(500),
  /** More than this is written when it is at work; null where the disk does not count. */
  seenMiB: z.number().min(0).nullable(),
})

/** Overwrites one file of its own with forced writes. Refused on a disk with too little room for that file. */
export const ioLoad = defineAction({
  name: 'io.load',
  words: underCodes(PLACE, ioWords),
  summary: 'Keeps a disk busy by overwriting one file of its own, at the rate that the drill sets.',
  needs: ['loads', 'files'],
  params: Params,
  undo: { 1: Undo },
  bootPhase: 'early',
  overRestart: 'ends',
  policy: { ceilings: [ioCeiling] },
  touches: ({ folder }) => [`file:${folder}`, 'load:io'],
  asks: ({ folder, mibPerSecond }) => [
    { kind: 'folder', value: folder },
    { kind: 'ioAtMost', value: String(mibPerSecond) },
  ],
  prepare: async (context, { folder, mibPerSecond }) => {
    const { host, recordId } = context
    await refuseUnfitFolder(context, folder)
    const { freeBytes, onDisk } = await host.files.space(folder)
    if (onDisk === null) throw new ChaosError('cannot-restore', `${folder} lies on no disk of this host.`)
    if (freeBytes < fileBytes + reserveBytes) {
      throw new ChaosError('storage-full', `The file system of ${folder} has not enough room for a file of 64 MiB.`)
    }
    const rate = await writtenPerSecond(context, folder)
    return {
      ...newMarker(context),
      folder,
      path: join(folder, `.chaos-lite-${recordId}-io`),
      ...folderNow(await host.files.stamp(folder)),
      mibPerSecond,
      seenMiB: rate === null ? null : rate / mebibyte + mibPerSecond / 3,
    }
  },
  explain: ({ folder }, { mibPerSecond }) => [
    say('writes', { folder, mibPerSecond, fileMiB: fileBytes / mebibyte }),
    say('ends'),
    say('rollback'),
  ],
  effect: ({ folder }, { seenMiB }): EffectProbe | null =>
    seenMiB === null
      ? null
      : {
          probe: 'io',
          params: { path: folder, writtenMiBAtMost: seenMiB },
          measured: ['writtenMiBAtMost'],
          expect: 'down',
        },
  budgets: () => ({ injectMs: 90_000, revertMs: 30_000 }),
  inject: async (context, _, undo) => {
    await layDown(context, undo)
    await context.host.files.allocate(undo.path, fileBytes, context.signal)
    const { path, mibPerSecond } = undo
    await begin(context, undo, { kind: 'io', path, bytesPerSecond: mibPerSecond * mebibyte, fileBytes })
  },
  verify: async (context, undo) => {
    const { files } = context.host
    const [process, file] = [await loadStanding(context, undo), await files.stamp(undo.path)]
    if (await isFileAway(files, undo)) return 'unclear'
    if (process === 'after' && file !== null) return 'after'
    return process === 'before' && file === null ? 'before' : 'conflict'
  },
  // The file without the process, or the process without its file, which ends it.
  stillInPlace: async () => false,
  revert: async (context, undo): Promise<Reverted> => {
    const process = await end(context, undo)
    const { compared, kept } = await takeAway(context, undo)
    return outcomeOf([...process.compared, ...compared], kept)
  },
  byHand: (undo) => [...endByHand(undo), `rm -f ${quoted(undo.path)}`, touchCommand(undo.folder, undo.folderMtimeNs)],
})

async function writtenPerSecond({ host }: ActionContext, folder: string): Promise<number | null> {
  const before = await host.loads.writtenBytes(folder).catch(() => null)
  if (before === null) return null
  await pause(lookMs)
  const after = await host.loads.writtenBytes(folder)
  return after === null ? null : ((after - before) * 1000) / lookMs
}
