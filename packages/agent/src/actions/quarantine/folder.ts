import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import type { Files, Metadata } from '../../host/index.ts'
import { compareAttributes } from '../../host/index.ts'
import { defineAction } from '../action.ts'
import { refuseAdministratorsKeys, refuseLastAdministrator } from '../last-administrator.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { PlainPath } from '../params.ts'
import { refuseProtectedPlace } from '../protected-places.ts'
import { QuarantineUndo, quarantineStanding, whatLies } from './quarantine-undo.ts'
import { bringBack } from './revert-quarantine.ts'
import { words } from './words.en.ts'

const PLACE = 'action.data.quarantine'
const say = saying(PLACE, words)

const Params = z.strictObject({ folder: PlainPath.describe('The folder that is moved aside, as if it were lost') })

/** One rename within the file system, so no data is copied and none can be lost half way. Open files stay usable. */
export const dataQuarantine = defineAction({
  name: 'data.quarantine',
  words: underCodes(PLACE, words),
  summary: 'Moves a folder aside, as if it were lost, and back again.',
  needs: ['files'],
  params: Params,
  undo: { 1: QuarantineUndo },
  bootPhase: 'early',
  overRestart: 'stays',
  says: '{folder|data} moved aside',
  touches: ({ folder }) => [`file:${folder}`],
  asks: ({ folder }) => [{ kind: 'folder', value: folder }],
  takes: ({ folder }) => [{ kind: 'path', path: folder }],
  movesAside: ({ folder, movedTo }) => ({ folder, movedTo }),
  prepare: async (context, { folder }) => {
    const { host, recordId, recordFolder } = context
    const { files } = host
    if (!(await files.exists(folder))) throw new ChaosError('not-there', `${folder} does not exist on this host.`)
    if ((await files.resolve(folder)) !== folder) {
      throw new ChaosError(
        'cannot-restore',
        `${folder} leads over a symbolic link: name ${await files.resolve(folder)}.`,
      )
    }
    await refuseProtectedPlace(host, folder)
    await refuseAdministratorsKeys(host, folder)
    await refuseLastAdministrator(context, [{ kind: 'path', path: folder }])
    if (`${recordFolder}/`.startsWith(`${folder}/`)) {
      throw new ChaosError('cannot-restore', `${folder} contains the journal: nobody could roll it back.`)
    }
    const before = await files.metadata(folder)
    const parent = dirname(folder)
    const parentStamp = await files.stamp(parent)
    const refusal = await refusalOf(files, folder, before, parentStamp?.dev)
    if (refusal) throw new ChaosError('cannot-restore', refusal)
    return {
      folder,
      movedTo: `${folder}.chaos-lite-${recordId}`,
      keptAs: `${folder}.kept-${recordId}`,
      before,
      parent,
      parentMtimeNs: parentStamp?.mtimeNs ?? before.mtimeNs,
    }
  },
  explain: ({ folder }) => [
    say('renamed', { folder }),
    say('untouched'),
    say('warning', { folder }),
    say('rollback', { folder }),
    say('others', { folder }),
  ],
  effect: ({ folder }) => ({ probe: 'file', params: { path: folder }, expect: 'down' }),
  budgets: () => ({ injectMs: 10_000, revertMs: 120_000 }),
  inject: async ({ host }, _, undo) => {
    const now = await host.files.metadata(undo.folder)
    if (now.inode !== undo.before.inode || now.dev !== undo.before.dev) {
      throw new ChaosError('wrong-state', `${undo.folder} is another folder than the one that was looked at.`)
    }
    const changed = compareAttributes(undo.folder, undo.before, now).find(({ same }) => !same)
    if (changed) throw new ChaosError('wrong-state', `${changed.item} was changed after it was looked at.`)
    await host.files.move(undo.folder, undo.movedTo)
    // Somebody may have put another folder there between the look and the rename.
    if ((await whatLies(host.files, undo.movedTo, undo)) === 'original') return
    await host.files.move(undo.movedTo, undo.folder)
    throw new ChaosError('wrong-state', `${undo.folder} was exchanged for another just now: that was rolled back.`)
  },
  verify: ({ host }, undo) => quarantineStanding(host.files, undo),
  // Somebody took the folder away from where it was put aside: it is not back at its name.
  stillInPlace: async () => true,
  revert: async (context, undo) => {
    const { compared, kept } = await bringBack(context, undo)
    return outcomeOf(compared, kept)
  },
  byHand: ({ folder, movedTo, keptAs, parent, parentMtimeNs }) => [
    `If there is something at ${folder} now: mv -T ${quoted(folder)} ${quoted(keptAs)}`,
    `mv -T ${quoted(movedTo)} ${quoted(folder)}`,
    touchCommand(parent, parentMtimeNs),
  ],
})

async function refusalOf(files: Files, folder: string, before: Metadata, parentDev?: string): Promise<string | null> {
  if (before.kind !== 'folder') return `${folder} is no folder.`
  if (before.dev !== parentDev) return `${folder} is a file system of its own: it cannot be moved aside by a rename.`
  const mounts = await files.mountPointsUnder(folder)
  if (mounts.length > 0) return `${mounts[0]} is mounted in ${folder}: unmount it first, or choose a folder inside.`
  if (/[ia]/.test(before.flags ?? '')) return `${folder} is immutable or append-only (lsattr).`
  return files.writeBlocker(dirname(folder))
}
