import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { MembershipImage } from '../../host/index.ts'
import { refuseProtectedAccount } from '../../protected/index.ts'
import { defineAction } from '../action.ts'
import { refuseLastAdministrator } from '../last-administrator.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { AccountName, GroupName } from '../params.ts'
import { words } from './words.en.ts'

const PLACE = 'action.membership.revoke'
const say = saying(PLACE, words)

const Params = z.strictObject({
  account: AccountName.describe('Who is taken out of the group'),
  group: GroupName,
})

/**
 * Edits the group files of this host (group(5), gshadow(5)). Sessions that are open keep their groups; new ones lose
 * it.
 */
export const membershipRevoke = defineAction({
  name: 'membership.revoke',
  words: underCodes(PLACE, words),
  summary: 'Removes an account from a group, and restores the membership in its old place.',
  needs: ['files', 'accounts'],
  params: Params,
  undo: { 1: z.strictObject({ image: MembershipImage }) },
  bootPhase: 'early',
  overRestart: 'stays',
  // Both files are replaced as wholes: no two memberships are drilled at once.
  says: '{account|an account} taken out of {group|a group}',
  touches: () => ['file:/etc/group', 'file:/etc/gshadow'],
  asks: ({ account, group }) => [
    { kind: 'account', value: account },
    { kind: 'group', value: group },
  ],
  takes: ({ image: { account, group } }) => [{ kind: 'membership', account, group }],
  prepare: async (context, { account, group }) => {
    const { host, recordFolder, recordId } = context
    const { accounts } = host
    await refuseProtectedAccount(host, await accounts.account(account))
    await accounts.refuseForeignMembership(account, group)
    await refuseLastAdministrator(context, [{ kind: 'membership', account, group }])
    return { image: await accounts.membershipImage(account, group, { folder: recordFolder, tag: recordId }) }
  },
  explain: ({ account, group }, { image }) => [
    say('removed', { account, group }),
    say('changed', { files: image.files.map((file) => file.image.path) }),
    say('rollback'),
  ],
  // What a new session of the account gets from the kernel, not what the files say.
  effect: ({ account, group }) => ({ probe: 'membership', params: { account, group }, expect: 'down' }),
  budgets: () => ({ injectMs: 15_000, revertMs: 20_000 }),
  inject: ({ host, recordId }, _, { image }) => host.accounts.removeMember(image, recordId),
  verify: async ({ host }, { image }) => {
    const standing = await host.accounts.membershipStanding(image)
    return standing === 'half way' ? 'conflict' : standing
  },
  halfWay: async ({ host }, { image }) => (await host.accounts.membershipStanding(image)) === 'half way',
  stillInPlace: async ({ host }, { image }) => !(await host.accounts.members(image.group)).includes(image.account),
  revert: async ({ host, recordId, recordFolder }, { image }) => {
    const { compared, kept } = await host.accounts.putMemberBack(image, recordId, recordFolder)
    return outcomeOf(compared, kept)
  },
  byHand: ({ image }, recordFolder) => [
    ...image.files.map(
      ({ image: { path, keptPath } }) => `If ${path} was not edited since: mv ${quoted(keptPath)} ${quoted(path)}`,
    ),
    ...image.files
      .slice(0, 1)
      .map(({ image: { folderPath, folderMtimeNs } }) => touchCommand(folderPath, folderMtimeNs)),
    `If it was: gpasswd -a ${quoted(image.account)} ${quoted(image.group)}, then remove ${image.files.map((file) => quoted(file.image.keptPath)).join(' and ')}.`,
    `The original bytes are also in ${quoted(recordFolder)}.`,
  ],
})
