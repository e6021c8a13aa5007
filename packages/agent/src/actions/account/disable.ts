import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { DisableImage } from '../../host/index.ts'
import { refuseProtectedAccount } from '../../protected/index.ts'
import { defineAction } from '../action.ts'
import { refuseLastAdministrator } from '../last-administrator.ts'
import { outcomeOf, quoted, touchCommand } from '../outcome.ts'
import { AccountName } from '../params.ts'
import { words } from './words.en.ts'

const PLACE = 'action.account.disable'
const say = saying(PLACE, words)

const Params = z.strictObject({
  account: AccountName.describe('Which account nobody can log in to; one of this host itself'),
})

/**
 * Locks the password with `!` and lets the account expire, which also refuses keys (shadow(5), usermod(8) `--lock`).
 */
export const accountDisable = defineAction({
  name: 'account.disable',
  words: underCodes(PLACE, words),
  summary: 'Locks an account of this host, so that nobody can log in to it, and opens it again.',
  needs: ['files', 'accounts'],
  params: Params,
  undo: { 1: z.strictObject({ image: DisableImage }) },
  bootPhase: 'early',
  overRestart: 'stays',
  // The file is replaced as a whole: no two accounts are disabled at once.
  says: '{account|an account} locked',
  touches: () => ['file:/etc/shadow'],
  asks: ({ account }) => [{ kind: 'account', value: account }],
  takes: ({ image: { account } }) => [{ kind: 'login', account }],
  prepare: async (context, { account }) => {
    const { host, recordFolder, recordId } = context
    await refuseProtectedAccount(host, await host.accounts.account(account))
    await host.accounts.refuseForeignAccount(account)
    await refuseLastAdministrator(context, [{ kind: 'login', account }])
    return { image: await host.accounts.disableImage(account, { folder: recordFolder, tag: recordId }) }
  },
  explain: ({ account }, { image: { image, passwordDigest } }) => [
    say('locked', { account }),
    say('changed', { fields: passwordDigest === null ? 1 : 2, path: image.path }),
    say('rollback'),
  ],
  effect: ({ account }) => ({ probe: 'account', params: { account }, expect: 'down' }),
  budgets: () => ({ injectMs: 15_000, revertMs: 20_000 }),
  inject: ({ host, recordId }, _, { image }) => host.accounts.disable(image, recordId),
  verify: ({ host }, { image }) => host.accounts.disabledStanding(image),
  stillInPlace: async ({ host }, { image }) => !(await host.accounts.isOpen(image.account)),
  revert: async ({ host, recordId, recordFolder }, { image }) => {
    const { compared, kept } = await host.accounts.enableAgain(image, recordId, recordFolder)
    return outcomeOf(compared, kept)
  },
  byHand: ({ image: { account, image, passwordDigest, expireBefore } }, recordFolder) => [
    `If ${image.path} was not edited since: mv ${quoted(image.keptPath)} ${quoted(image.path)}`,
    touchCommand(image.folderPath, image.folderMtimeNs),
    `If it was: ${passwordDigest === null ? '' : `usermod --unlock ${quoted(account)}; `}chage --expiredate ${expireBefore === '' ? '-1' : expireBefore} ${quoted(account)}; then remove ${quoted(image.keptPath)}.`,
    `The original bytes are also in ${quoted(recordFolder)}.`,
  ],
})
