import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { sameFile } from '../../host/index.ts'
import { refuseProtectedAccount } from '../../protected/index.ts'
import { defineAction } from '../action.ts'
import { refuseAdministratorsKeys, refuseLastAdministrator } from '../last-administrator.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { AccountName, GroupName, PlainPath } from '../params.ts'
import { refuseProtectedPlace } from '../protected-places.ts'
import { formatAcl, parseAcl } from './acl.ts'
import { plannedChange } from './change.ts'
import { isStillRevoked, PermissionUndo, permissionStanding, putBack, setAcl } from './permission-undo.ts'
import { words } from './words.en.ts'

const PLACE = 'action.permission.revoke'
const say = saying(PLACE, words)

const Params = z
  .strictObject({
    path: PlainPath.describe('A file or a folder; what lies in it keeps its own permissions'),
    account: AccountName.optional().describe('Whose access is taken away'),
    group: GroupName.optional().describe('Whose access is taken away'),
    everyone: z.literal(true).optional().describe('Everybody but the owner loses access'),
    witness: AccountName.optional().describe(
      'An account that loses access with a group or with everybody: as this one the impact is confirmed. Default: one that this host finds, which it cannot where a directory does not list the members of a group',
    ),
  })
  .refine(
    ({ account, group, everyone }) => [account, group, everyone].filter((who) => who !== undefined).length === 1,
    {
      message: 'must name exactly one of account, group and everyone',
    },
  )
  .refine(({ account, witness }) => account === undefined || witness === undefined, {
    message: 'must not name a witness together with an account: the account itself confirms its impact',
  })
type Params = z.infer<typeof Params>

/** Changes one access list (acl(5)) or mode, never those of files below. Files that are open stay open. */
export const permissionRevoke = defineAction({
  name: 'permission.revoke',
  words: underCodes(PLACE, words),
  summary: 'Takes the access to one file or folder away from an account, a group, or everybody but its owner.',
  needs: ['files', 'accounts'],
  params: Params,
  undo: { 1: PermissionUndo },
  bootPhase: 'early',
  overRestart: 'stays',
  says: 'access to {path|a folder} taken away',
  touches: ({ path }) => [`file:${path}`],
  asks: ({ path, account, group }) => [
    { kind: 'file', value: path },
    ...(account === undefined ? [] : [{ kind: 'account' as const, value: account }]),
    ...(group === undefined ? [] : [{ kind: 'group' as const, value: group }]),
  ],
  takes: ({ path }) => [{ kind: 'path', path }],
  prepare: async (context, params) => {
    const { path } = params
    const { host } = context
    const { files, accounts } = host
    if (!(await files.exists(path))) throw new ChaosError('not-there', `${path} does not exist on this host.`)
    if ((await files.resolve(path)) !== path) {
      throw new ChaosError('cannot-restore', `${path} leads over a symbolic link: name ${await files.resolve(path)}.`)
    }
    await refuseProtectedPlace(host, path)
    if (params.account !== undefined) await refuseProtectedAccount(host, await accounts.account(params.account))
    await refuseAdministratorsKeys(host, path)
    await refuseLastAdministrator(context, [{ kind: 'path', path }])
    const before = await files.metadata(path)
    if (before.kind !== 'file' && before.kind !== 'folder') {
      throw new ChaosError('cannot-restore', `${path} is neither a file nor a folder.`)
    }
    const flags = before.flags ?? ''
    const refusal = /[ia]/.test(flags)
      ? `${path} is immutable or append-only (lsattr).`
      : await files.writeBlocker(path)
    if (refusal) throw new ChaosError('cannot-restore', refusal)
    const change = await plannedChange(host, { path, metadata: before, signal: context.signal }, params)
    const texts = { beforeAcl: formatAcl(change.before), afterAcl: formatAcl(change.after) }
    return { path, before, ...texts, witness: change.witness }
  },
  explain: (params, { path, before, beforeAcl, afterAcl }) => [
    say('revoked', { ...whom(params), path }),
    say('rules', { before: beforeAcl.split('\n'), after: afterAcl.split('\n') }),
    say(before.kind === 'folder' ? 'folder' : 'file'),
    say('rollback'),
  ],
  // Asked of the kernel as the account that loses access, not read from the rules.
  effect: (_, { path, witness }) => ({ probe: 'file', params: { path, as: witness }, expect: 'down' }),
  budgets: () => ({ injectMs: 10_000, revertMs: 10_000 }),
  inject: async ({ host }, _, undo) => {
    if ((await permissionStanding(host.files, undo)) !== 'before') {
      throw new ChaosError('wrong-state', `The access rules of ${undo.path} were changed after they were saved.`)
    }
    const now = await host.files.metadata(undo.path)
    // Somebody may have put another file there between the two looks.
    if (now.kind !== undo.before.kind || !sameFile(now, undo.before)) {
      throw new ChaosError('wrong-state', `${undo.path} was exchanged for another just now: left alone.`)
    }
    await setAcl(host.files, undo.path, now, parseAcl(undo.afterAcl))
  },
  verify: ({ host }, undo) => permissionStanding(host.files, undo),
  stillInPlace: ({ host }, undo) => isStillRevoked(host.files, undo),
  revert: async ({ host }, undo) => {
    const { compared, kept } = await putBack(host.files, undo)
    return outcomeOf(compared, kept)
  },
  byHand: ({ path, before, beforeAcl }) => [
    ...(before.acl === null ? [] : [`setfacl --set '${beforeAcl.split('\n').join(',')}' ${quoted(path)}`]),
    `chmod ${before.mode.toString(8).padStart(4, '0')} ${quoted(path)}`,
  ],
})

function whom({ account, group }: Params): { who: 'account' | 'group' | 'everyone'; name: string } {
  if (account !== undefined) return { who: 'account', name: account }
  return group === undefined ? { who: 'everyone', name: '' } : { who: 'group', name: group }
}
