import { ChaosError } from '@chaos-lite/shared'
import type { Session } from './session-file.ts'

type Where = Pick<Session, 'url' | 'caFile'>

/** Codes of an authority that is not among those that are believed. */
const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
])

/** What can be done where there is no controller. */
export const HALT = 'Without the controller, roll a host back on the host itself: chaos-lite-agent halt'

/** Does what rolls hosts back through the controller. Where there is no link to it, the way without it is named. */
export async function orOnTheHost<T>(perform: () => Promise<T>): Promise<T> {
  try {
    return await perform()
  } catch (error) {
    if (!(error instanceof ChaosError) || error.code !== 'timed-out') throw error
    throw new ChaosError('timed-out', `${error.message}\n${HALT}`, { cause: error })
  }
}

/** Why a controller could not be reached, and what to do, as one sentence each. */
export function unreachable(where: Where, cause: unknown): ChaosError {
  const first = rootOf(cause)
  const code = codeOf(first)
  const said =
    certificateText(where, first, code) ??
    `The controller at ${where.url} does not answer: ${linkText(where, first, code)}`
  return new ChaosError('timed-out', said, { cause })
}

function certificateText({ url, caFile }: Where, error: Error, code: string): string | null {
  const certificate = `The certificate of ${url}`
  if (UNKNOWN_AUTHORITY.has(code)) {
    return caFile === null
      ? `${certificate} is of an authority that this machine does not know. Give the authority's certificate with --ca-file; the controller keeps its own in tls/ca.pem of its data folder: chaos-lite login --ca-file ca.pem ${url}`
      : `${certificate} is not of the authority in ${caFile}. Compare that file with the authority of the controller (tls/ca.pem of its data folder), and log in again with --ca-file.`
  }
  if (code === 'CERT_HAS_EXPIRED')
    return `${certificate} is no longer valid. Renew it at the controller, and compare the clocks of both machines.`
  if (code === 'CERT_NOT_YET_VALID') return `${certificate} is not valid yet. Compare the clocks of both machines.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `${certificate} is for other names (${namesIn(error)}). Use one of these, or start the controller with --tls-name.`
  return null
}

function linkText({ url }: Where, error: Error, code: string): string {
  const { hostname, protocol, port } = new URL(url)
  if (code === 'ECONNREFUSED') return 'nothing listens there. Is it running, and is the port right?'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `no address is known for the name ${hostname}. Is the name right?`
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return `port ${port === '' ? '443' : port} does not speak https. Is the port right?`
  if (protocol === 'http:' && (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code.startsWith('HPE_')))
    return 'it closed the connection; it may speak https. Give the address with https://.'
  return `${error.message}. Is it running, and is the address right?`
}

/** The error under all the wrappings that name no reason of their own. */
function rootOf(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown))
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return rootOf(thrown.errors[0])
  return thrown.cause instanceof Error ? rootOf(thrown.cause) : thrown
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}

/** `DNS:a, IP Address:b` as a list of names. */
function namesIn(error: Error): string {
  const { cert } = error as { cert?: { subjectaltname?: string } }
  return (cert?.subjectaltname ?? 'not known').replaceAll(/(?:DNS|IP Address):/g, '')
}
