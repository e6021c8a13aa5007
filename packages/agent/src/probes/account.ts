import * as z from 'zod'
import { AccountName } from '../params/index.ts'
import { faultOf, oneLine } from '../text/index.ts'
import { defineProbe } from './probe.ts'

const Params = z.strictObject({
  account: AccountName,
  service: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be the name of a file in /etc/pam.d')
    .optional()
    .describe('As which service PAM is asked; default: login'),
})

/**
 * Would an account be let in now? The account phase of PAM, which every log-in goes through, however it proved who it
 * is: by password, key or ticket. No password is tried; `login` does that.
 */
export const accountProbe = defineProbe({
  name: 'account',
  summary: 'Would an account be let in now (PAM: not expired, not shut out)? No password is tried.',
  needs: ['pam'],
  params: Params,
  value: {
    admitted: 'true when the account would be let in',
    reason: "why not, in PAM's own words, or null",
  },
  expect: () => ({ admitted: true }),
  asks: ({ account }) => [{ kind: 'account', value: account }],
  timeoutMs: () => 10_000,
  async look({ host, signal }, { account, service = 'login' }) {
    try {
      const argv = ['pamtester', service, account, 'acct_mgmt'] as const
      const ended = await host.run(argv, { timeoutMs: 8_000, signal, env: { LC_ALL: 'C' } })
      if (ended.code === 0) return { evaluated: true, message: null, value: { admitted: true, reason: null } }
      const said = /pamtester: (.+)/.exec(ended.stderr)?.[1]
      const reason = oneLine(said ?? 'pamtester refused', 200)
      return { evaluated: true, message: `${account}: ${reason}`, value: { admitted: false, reason } }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      return {
        evaluated: false,
        message: `pamtester could not be run (install the package pamtester): ${faultOf(thrown)}`,
      }
    }
  },
})
