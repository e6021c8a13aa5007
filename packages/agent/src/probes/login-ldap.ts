import { isLoopback } from '@chaos-lite/shared/address'
import type { CredentialDefinition } from '../definitions/index.ts'
import { secretOf } from '../definitions/index.ts'
import { readForeign } from '../small-files/index.ts'
import { faultOf } from '../text/index.ts'
import type { Attempt } from './login-attempt.ts'
import type { ProbeContext } from './probe.ts'

type LdapCredential = Extract<CredentialDefinition, { driver: 'ldap' }>
const STEP_MS = 7_000
const CA_MAX_BYTES = 4 * 1024 * 1024

/** One LDAP simple bind over a new connection, TLS verified. The name is resolved as by any program on this host. */
export async function ldapLogin({ signal }: ProbeContext, credential: LdapCredential): Promise<Attempt> {
  if (sendsInClear(credential)) {
    return { ran: false, why: 'plain ldap:// would send the password in clear: use ldaps:// or startTls: true' }
  }
  const secret = await secretOf(credential)
  if ('why' in secret) return { ran: false, why: secret.why }
  let ca: string | undefined
  try {
    ca =
      credential.caFile === undefined
        ? undefined
        : (await readForeign(credential.caFile, CA_MAX_BYTES)).toString('utf8')
  } catch (thrown) {
    return { ran: false, why: `caFile cannot be read: ${faultOf(thrown)}` }
  }
  // Loaded with the first log-in: most agents never need it.
  const { Client, InvalidCredentialsError, ResultCodeError } = await import('ldapts')
  const tlsOptions = ca === undefined ? {} : { ca }
  const client = new Client({ url: credential.url, timeout: STEP_MS, connectTimeout: STEP_MS, tlsOptions })
  const onAbort = () => void client.unbind().catch(() => {})
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (credential.startTls) await client.startTLS(tlsOptions)
    await client.bind(credential.dn, secret.password)
    return { ran: true, ok: true, why: null }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    if (thrown instanceof InvalidCredentialsError) return { ran: true, ok: false, why: 'invalid credentials' }
    if (thrown instanceof ResultCodeError) return { ran: true, ok: false, why: `LDAP result ${thrown.code}` }
    return { ran: true, ok: false, why: faultOf(thrown) }
  } finally {
    signal.removeEventListener('abort', onAbort)
    await client.unbind().catch(() => {})
  }
}

function sendsInClear({ url, startTls, clearText }: LdapCredential): boolean {
  if (startTls || clearText === 'accepted' || url.startsWith('ldaps:')) return false
  const host = new URL(url.replace(/^ldap:/, 'http:')).hostname.replace(/^\[|\]$/g, '')
  return !isLoopback(host)
}
