import type { CredentialDefinition } from '../definitions/index.ts'
import { secretOf } from '../definitions/index.ts'
import { faultOf, oneLine } from '../text/index.ts'
import type { Attempt } from './login-attempt.ts'
import type { ProbeContext } from './probe.ts'

type PamCredential = Extract<CredentialDefinition, { driver: 'pam' }>

/**
 * One log-in through PAM: the password is right (`authenticate`) and the account may come in now (`acct_mgmt`: expired,
 * locked, wrong hours). No session is opened. pamtester reads the password from standard input, so that it never shows
 * in a process list.
 */
export async function pamLogin({ host, signal }: ProbeContext, credential: PamCredential): Promise<Attempt> {
  const secret = await secretOf(credential)
  if ('why' in secret) return { ran: false, why: secret.why }
  const argv = ['pamtester', credential.service, credential.account, 'authenticate', 'acct_mgmt'] as const
  try {
    const ended = await host.run(argv, {
      timeoutMs: 15_000,
      signal,
      input: `${secret.password}\n`,
      env: { LC_ALL: 'C' },
    })
    if (ended.code === 0) return { ran: true, ok: true, why: null }
    // The prompt stands on the same line: `Password: pamtester: Authentication failure`.
    const said = [...ended.stderr.matchAll(/pamtester: (.+)/g)].at(-1)?.[1]
    const why = oneLine(said ?? 'pamtester refused', 200)
    // A missing /etc/pam.d file falls back to `other`, which denies; that is a refusal as any log-in there would meet it.
    return { ran: true, ok: false, why }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return { ran: false, why: `pamtester could not be run (install the package pamtester): ${faultOf(thrown)}` }
  }
}
