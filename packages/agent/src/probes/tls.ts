import { isIP, type Socket } from 'node:net'
import { type DetailedPeerCertificate, connect as secure, type TLSSocket } from 'node:tls'
import type { Expectation } from '@chaos-lite/shared'
import * as z from 'zod'
import { AbsolutePath, HostName, HostOrAddress, hostQuestion, Port } from '../params/index.ts'
import { faultOf, oneLine } from '../text/index.ts'
import { trusted } from './authorities.ts'
import { connectTo } from './connect.ts'
import { defineProbe } from './probe.ts'

const Params = z.strictObject({
  host: HostOrAddress,
  port: Port.optional().describe('The port of the TLS server; default: 443'),
  serverName: HostName.optional().describe('The name asked for (SNI) and checked; default: host'),
  caFile: AbsolutePath.optional().describe('A certificate authority to trust besides those of the system'),
  expired: z
    .literal(true)
    .optional()
    .describe('Up while the certificate has expired, whoever issued it; default: up while it is trusted and valid'),
})
type Params = z.infer<typeof Params>

const DAY_MS = 86_400_000
const CHAIN_MAX = 12

/** Which certificate does a server show, is it trusted, and for how many days? Nothing is sent inside the connection. */
export const tlsProbe = defineProbe({
  name: 'tls',
  summary: 'Is the certificate of a server trusted, and how many days is it still valid?',
  needs: [],
  params: Params,
  value: {
    connected: 'true when the server showed a certificate',
    authorized: 'true when this host trusts it for that name',
    problem: 'why it does not, such as CERT_HAS_EXPIRED, or null',
    daysLeft: 'whole days until the certificate ends; negative when it has',
    chainDaysLeft: 'the same for the first of its chain to end',
    subject: 'common name of the certificate',
    issuer: 'common name of its issuer',
    chainLength: 'certificates from the server to the root',
    error: 'why there was no certificate, or null',
  },
  expect: ({ expired }): Readonly<Record<string, Expectation>> =>
    expired === true ? { connected: true, daysLeft: { atMost: -1 } } : { authorized: true, daysLeft: { atLeast: 14 } },
  asks: ({ host, caFile }) => [
    hostQuestion(host),
    ...(caFile === undefined ? [] : [{ kind: 'file' as const, value: caFile }]),
  ],
  timeoutMs: () => 10_000,
  reads: ({ caFile }) => (caFile === undefined ? 'nothing' : 'paths'),
  async look(context, params) {
    const { host, signal } = context
    const secureContext = await trusted(context, params.caFile)
    try {
      const times = { dnsMs: null, connectMs: null }
      const { socket } = await connectTo(host, { host: params.host, port: params.port ?? 443 }, signal, times)
      const shown = await handshake(socket, params, secureContext, signal)
      return { evaluated: true, message: null, value: describe(shown, host.clock.wallMs()) }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      const error = faultOf(thrown)
      const none = { problem: null, daysLeft: null, chainDaysLeft: null, subject: null, issuer: null, chainLength: 0 }
      const value = { connected: false, authorized: false, ...none, error }
      return { evaluated: true, message: `${params.host} showed no certificate: ${error}`, value }
    }
  },
})

interface Shown {
  readonly certificate: DetailedPeerCertificate
  readonly problem: string | null
}

function handshake(
  socket: Socket,
  params: Params,
  secureContext: Awaited<ReturnType<typeof trusted>>,
  signal: AbortSignal,
): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const name = params.serverName ?? params.host
    const server = isIP(name) === 0 ? { servername: name } : {}
    // Not verified here on purpose: an expired certificate must be described, and nothing is sent or believed.
    const options = { socket, host: name, secureContext, rejectUnauthorized: false, ...server }
    const encrypted: TLSSocket = secure(options, () => {
      const problem = encrypted.authorized ? null : oneLine(String(encrypted.authorizationError ?? 'not trusted'), 128)
      resolve({ certificate: encrypted.getPeerCertificate(true), problem })
      encrypted.destroy()
    })
    encrypted.on('error', reject)
    signal.addEventListener('abort', () => encrypted.destroy(new Error('ended')), { once: true })
  })
}

function describe({ certificate, problem }: Shown, nowMs: number) {
  const chain: DetailedPeerCertificate[] = []
  for (let one = certificate; one !== undefined && chain.length < CHAIN_MAX; one = one.issuerCertificate) {
    if (chain.some((seen) => seen.fingerprint256 === one.fingerprint256)) break
    chain.push(one)
  }
  const left = chain.map((one) => Math.floor((Date.parse(one.valid_to) - nowMs) / DAY_MS))
  return {
    connected: true,
    authorized: problem === null,
    problem,
    daysLeft: left[0] ?? null,
    chainDaysLeft: Math.min(...left),
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    chainLength: chain.length,
    error: null,
  }
}

function nameOf(who: DetailedPeerCertificate['subject'] | undefined): string | null {
  const name = who?.CN ?? who?.O ?? null
  return name === null ? null : oneLine(String(name), 128)
}
