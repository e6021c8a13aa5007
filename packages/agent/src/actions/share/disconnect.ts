import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import type { Host } from '../../host/index.ts'
import { item, type Mount, mountOptions, printable } from '../../host/index.ts'
import { type ActionContext, defineAction, type Reverted, type Standing } from '../action.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { PlainPath } from '../params.ts'
import { announceLook, belowKept, foundBelow, isUnlooked, noteBelow, noteFound, unlookedKept } from './below.ts'
import { lasting, readShare } from './read.ts'
import { ShareUndo } from './share-undo.ts'
import { sharesList } from './shares-list.ts'
import { words } from './words.en.ts'

const PLACE = 'action.share.disconnect'
const say = saying(PLACE, words)

const Params = z.strictObject({
  share: PlainPath.describe('Where a share of another machine is mounted, such as /mnt/plans'),
  file: PlainPath.describe('A file on it that is there now, and will not be seen meanwhile'),
})

/**
 * Unmounts a share and mounts it again from the order that was noted (mount(8)). Refused while files on it are open.
 */
export const shareDisconnect = defineAction({
  name: 'share.disconnect',
  words: underCodes(PLACE, words),
  summary: 'Takes a network share (NFS, CIFS, SSHFS …) off this host, and mounts it again as it was.',
  needs: ['mounts'],
  params: Params,
  undo: { 1: ShareUndo },
  overRestart: 'as set up',
  policy: { lists: [sharesList] },
  touches: ({ share }) => [`mount:${share}`],
  asks: ({ share, file }) => [
    { kind: 'share', value: share },
    { kind: 'file', value: file, look: true },
  ],
  takes: ({ mount: { point } }) => [{ kind: 'path', path: point }],
  prepare: async (context, { share, file }) => {
    const undo = await readShare(context, share)
    const isOnIt = file.startsWith(`${share}/`) && (await context.host.files.exists(file))
    if (isOnIt) return undo
    throw new ChaosError('wrong-state', `${file} is not on ${share} now: its loss would not be seen.`)
  },
  explain: ({ share, file }, { mount }) => [
    say('unmounted', { source: printable(mount.source), kind: mount.kind, share, file }),
    say('untouched'),
    say('warning', { share }),
    say('rollback'),
  ],
  effect: ({ file }) => ({ probe: 'file', params: { path: file }, expect: 'down' }),
  budgets: () => ({ injectMs: 20_000, revertMs: 90_000 }),
  inject: async (context, _, { mount }) => {
    await announceLook(context)
    await context.host.mounts.unmount(mount.point)
    await noteBelow(context, mount.point)
  },
  verify: ({ host }, undo) => shareStanding(host, undo),
  // Another share in its place hides it as well; the same one with other options does not.
  stillInPlace: async ({ host }, { mount }) => {
    const there = (await host.mounts.list()).filter(({ point }) => point === mount.point)
    return there.at(-1)?.source !== mount.source
  },
  revert: async (context, undo) => {
    const { host } = context
    const kept = (await shareStanding(host, undo)) === 'before' ? [] : await bringBack(context, undo)
    return compared(host, undo, kept, (await isUnlooked(context)) ? null : await foundBelow(context))
  },
  byHand: ({ order }) => [
    `mount -t ${quoted(order.kind)} -o ${quoted(mountOptions(order))} ${quoted(order.source)} ${quoted(order.point)}`,
    `findmnt ${quoted(order.point)}`,
  ],
})

async function shareStanding({ mounts }: Host, { mount }: ShareUndo): Promise<Standing> {
  const now = (await mounts.list()).filter(({ point }) => point === mount.point)
  if (now.length === 0) return 'after'
  const [only] = now
  return now.length === 1 && only !== undefined && isSame(only, mount) ? 'before' : 'conflict'
}

/** Mounts it where nothing is mounted; answers with what somebody else did there. */
async function bringBack(context: ActionContext, { mount, order }: ShareUndo): Promise<readonly string[]> {
  const { mounts } = context.host
  const now = (await mounts.list()).filter(({ point }) => point === mount.point)
  if (now.length === 0) {
    await noteFound(context, mount.point)
    await mounts.mount(order)
    return []
  }
  const said = now.map(({ source, kind, options }) => `${source} (${kind}, ${options})`).join(', ')
  return [printable(`Somebody else mounted ${said} at ${mount.point} meanwhile: it was left there.`)]
}

async function compared(
  { mounts }: Host,
  { mount }: ShareUndo,
  kept: readonly string[],
  below: readonly string[] | null,
): Promise<Reverted> {
  const all = (await mounts.list()).filter(({ point }) => point === mount.point)
  const now = all.at(-1)
  const field = (name: string, before: string, value: string | undefined) =>
    item(`${mount.point} ${name}`, before, value ?? 'not mounted')
  const items = [
    field('mounts', '1', String(all.length)),
    field('source', mount.source, now?.source),
    field('kind', mount.kind, now?.kind),
    field('options', mount.options, now?.options),
    field('options of the share', mount.superOptions, now && lasting(now.superOptions)),
  ]
  if (below?.length === 0) return outcomeOf(items, kept)
  const found = below === null ? 'not looked at' : `${below.length} more of somebody else`
  const hidden = item(`what lies in ${mount.point} below the share`, 'as before', found)
  const note = below === null ? unlookedKept(mount.point) : belowKept(mount.point, below)
  return outcomeOf([...items, hidden], [...kept, note])
}

function isSame(now: Mount, before: ShareUndo['mount']): boolean {
  const same = (['source', 'kind', 'options', 'root'] as const).every((key) => now[key] === before[key])
  return same && lasting(now.superOptions) === before.superOptions
}
