import { z } from 'zod'
import { AccountName } from './params.ts'
import { defineProbe } from './probe.ts'
import { faultOf } from './text.ts'

const Params = z.strictObject({
  account: AccountName,
  group: AccountName.describe('The group that a new session of the account should have'),
})

/** Does a session that begins now have the group? Asked of the kernel, as the account: caches and directories count. */
export const membershipProbe = defineProbe({
  name: 'membership',
  summary: 'Does a new session of an account have a group?',
  needs: ['accounts'],
  params: Params,
  value: {
    member: 'true when a session that begins now has the group',
    groups: 'how many groups that session has',
  },
  expect: () => ({ member: true }),
  harmless: false,
  asks: ({ account, group }) => [
    { kind: 'account', value: account },
    { kind: 'group', value: group },
  ],
  timeoutMs: () => 10_000,
  async look({ host, signal }, { account, group }) {
    try {
      const { code, stdout, stderr } = await host.run(['id', '-Gn'], { timeoutMs: 5_000, signal, as: account })
      if (code !== 0) return { evaluated: false, message: `No session of ${account} could be begun: ${stderr.trim()}` }
      const groups = stdout.trim().split(/\s+/)
      return { evaluated: true, message: null, value: { member: groups.includes(group), groups: groups.length } }
    } catch (thrown) {
      return { evaluated: false, message: `No session of ${account} could be begun: ${faultOf(thrown)}` }
    }
  },
})
