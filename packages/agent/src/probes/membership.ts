import * as z from 'zod'
import { AccountName } from '../params/index.ts'
import { faultOf, oneLine } from '../text/index.ts'
import { defineProbe } from './probe.ts'

const Params = z.strictObject({ account: AccountName, group: AccountName })

/** Does a new session of an account belong to a group? Asked of such a session, not of the group file. */
export const membershipProbe = defineProbe({
  name: 'membership',
  summary: 'Does a new session of an account belong to a group?',
  needs: ['accounts'],
  params: Params,
  value: {
    member: 'true when a session that starts now has the group',
    groups: 'how many groups it has',
  },
  expect: () => ({ member: true }),
  asks: ({ account, group }) => [
    { kind: 'account', value: account },
    { kind: 'group', value: group },
  ],
  timeoutMs: () => 10_000,
  async look({ host, signal }, { account, group }) {
    try {
      const session = await host.run(['id', '-Gnz'], { timeoutMs: 5_000, signal, as: account })
      // 1 is said when one of the groups has no name; the others are listed all the same.
      const groups = session.stdout.split('\0').filter((name) => name !== '')
      if (groups.length === 0)
        return { evaluated: false, message: oneLine(`No session as ${account}: ${session.stderr}`) }
      return { evaluated: true, message: null, value: { member: groups.includes(group), groups: groups.length } }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      return { evaluated: false, message: `No session could be started as ${account}: ${faultOf(thrown)}` }
    }
  },
})
