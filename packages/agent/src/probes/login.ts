import * as z from 'zod'
import { DefinedName } from '../params/index.ts'
import type { Attempt } from './login-attempt.ts'
import { ldapLogin } from './login-ldap.ts'
import { pamLogin } from './login-pam.ts'
import { defineProbe, type ProbeContext } from './probe.ts'

const Params = z.strictObject({
  credential: z
    .union([DefinedName, z.array(DefinedName).min(1).max(50)])
    .describe('One or many names from credentials.yaml on the host; where they log in is defined there too'),
  driver: z.enum(['pam', 'ldap']).optional().describe('Refuses a credential that is defined for another one'),
})

/**
 * Can an account log in? The server, the account and the secret all come from the host's own credentials.yaml: a
 * controller that could name the server would be handed the password.
 */
export const loginProbe = defineProbe({
  name: 'login',
  summary: 'Can accounts log in, by PAM or by an LDAP bind, with credentials kept on this host?',
  needs: [],
  params: Params,
  value: {
    succeeded: 'accounts that could log in',
    failed: 'accounts that could not',
    accounts: 'accounts tried',
    firstFailure: 'the credential that failed first, or null',
    totalMs: 'time for all of them',
    slowestMs: 'the slowest one',
  },
  expect: () => ({ failed: 0 }),
  asks: ({ credential }) => [credential].flat().map((value) => ({ kind: 'credential', value })),
  timeoutMs: ({ credential }) => Math.min(120_000, 15_000 * [credential].flat().length),
  reads: () => 'paths',
  async look(context, { credential, driver }) {
    const names = [credential].flat()
    const tookMs: number[] = []
    const failures: { name: string; why: string }[] = []
    for (const name of names) {
      const beganMs = context.host.clock.monoMs()
      const attempt = await attemptLogin(context, name, driver)
      tookMs.push(Math.round(context.host.clock.monoMs() - beganMs))
      if (!attempt.ran) return { evaluated: false, message: `${name}: ${attempt.why}` }
      if (!attempt.ok) failures.push({ name, why: attempt.why ?? 'refused' })
    }
    const [first] = failures
    return {
      evaluated: true,
      message: first === undefined ? null : `${first.name} could not log in: ${first.why}`,
      value: {
        succeeded: names.length - failures.length,
        failed: failures.length,
        accounts: names.length,
        firstFailure: first?.name ?? null,
        totalMs: tookMs.reduce((sum, ms) => sum + ms, 0),
        slowestMs: Math.max(...tookMs),
      },
    }
  },
})

async function attemptLogin(context: ProbeContext, name: string, driver?: 'pam' | 'ldap'): Promise<Attempt> {
  const defined = await context.local.credential(name)
  if (defined === null) return { ran: false, why: `credentials.yaml on this host defines no credential ${name}` }
  if (driver !== undefined && defined.driver !== driver) {
    return { ran: false, why: `it is defined for ${defined.driver}, not for ${driver}` }
  }
  return defined.driver === 'pam' ? pamLogin(context, defined) : ldapLogin(context, defined)
}
