import { isIP, type Socket } from 'node:net'
import { type SecureContext, connect as secure } from 'node:tls'
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import { AbsolutePath, canonicalAddress, HttpUrl, IpAddress } from '../params/index.ts'
import { faultOf } from '../text/index.ts'
import { trusted } from './authorities.ts'
import { type Connected, connectTo } from './connect.ts'
import { defineProbe, type ProbeContext } from './probe.ts'

const Params = z.strictObject({
  url: HttpUrl,
  method: z.enum(['GET', 'HEAD']).optional(),
  expectAddress: IpAddress.optional().describe('The address that must answer'),
  caFile: AbsolutePath.optional().describe('A certificate authority to trust besides those of the system'),
})
type Params = z.infer<typeof Params>

/** Reading stops here: the probe judges the answer, not the document. */
const BODY_MAX_BYTES = 1024 * 1024
const nothing = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: null }

/** Asks a web address as a fresh visitor would: new look-up, new connection, verified TLS, no redirect followed. */
export const httpProbe = defineProbe({
  name: 'http',
  summary: 'Does a web address answer, with which status, from which machine, how fast?',
  needs: [],
  params: Params,
  value: {
    answered: 'true when there was any answer',
    status: 'HTTP status, or null without an answer',
    peerAddress: 'the address that answered, or null',
    addressExpected: 'true when that is expectAddress (or none was given)',
    dnsMs: 'time to resolve the name',
    connectMs: 'time to connect',
    tlsMs: 'time to agree on TLS; 0 for http',
    firstByteMs: 'time from the request to the head of the answer',
    totalMs: 'all of it',
    bodyBytes: 'size of the answer, counted to at most 1 MiB',
    error: 'why there was no answer, such as ECONNREFUSED, or null',
  },
  expect: ({ expectAddress }) => ({
    status: { atLeast: 200, atMost: 399 },
    ...(expectAddress === undefined ? {} : { addressExpected: true }),
  }),
  asks: ({ url, caFile }) => [
    { kind: 'url', value: url },
    ...(caFile === undefined ? [] : [{ kind: 'file' as const, value: caFile }]),
  ],
  timeoutMs: () => 10_000,
  reads: ({ caFile }) => (caFile === undefined ? 'nothing' : 'paths'),
  async look(context, params) {
    const seen: { -readonly [Key in keyof Connected]?: Connected[Key] } = {}
    const authorities = new URL(params.url).protocol === 'https:' ? await trusted(context, params.caFile) : null
    try {
      return { evaluated: true, message: null, value: await visit(context, params, authorities, seen) }
    } catch (thrown) {
      if (context.signal.aborted) throw thrown
      const error = faultOf(thrown)
      const peerAddress = seen.peerAddress ?? null
      return {
        evaluated: true,
        message: `${params.url} did not answer: ${error}`,
        value: {
          ...{ answered: false, status: null, peerAddress, addressExpected: isExpected(params, peerAddress) },
          ...{ ...nothing, dnsMs: seen.dnsMs ?? null, connectMs: seen.connectMs ?? null, bodyBytes: null, error },
        },
      }
    } finally {
      seen.socket?.destroy()
    }
  },
})

async function visit(
  { host, signal }: ProbeContext,
  params: Params,
  authorities: SecureContext | null,
  seen: { -readonly [Key in keyof Connected]?: Connected[Key] },
) {
  // Loaded with the first sample: an agent that watches no web address does without its 28 MB.
  const { Client } = await import('undici')
  const url = new URL(params.url)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const bare = url.hostname.replace(/^\[|\]$/g, '')
  const startMs = host.clock.monoMs()
  Object.assign(seen, await connectTo(host, { host: bare, port }, signal))
  const tlsStartMs = host.clock.monoMs()
  if (authorities !== null) seen.socket = await encrypt(seen.socket as Socket, bare, authorities, signal)
  const requestMs = host.clock.monoMs()
  const socket = seen.socket as Socket
  const client = new Client(url.origin, { connect: handOver(socket), allowH2: false })
  try {
    const answer = await client.request({
      ...{ method: params.method ?? 'GET', path: url.pathname + url.search, signal, reset: true },
      headers: { accept: '*/*', 'user-agent': 'chaos-lite-probe', 'cache-control': 'no-cache' },
    })
    const headMs = host.clock.monoMs()
    const bodyBytes = await drain(answer.body)
    const peerAddress = seen.peerAddress ?? null
    return {
      ...{ answered: true, status: answer.statusCode, peerAddress, addressExpected: isExpected(params, peerAddress) },
      ...{ dnsMs: seen.dnsMs ?? null, connectMs: seen.connectMs ?? null, tlsMs: Math.round(requestMs - tlsStartMs) },
      ...{ firstByteMs: Math.round(headMs - requestMs), totalMs: Math.round(host.clock.monoMs() - startMs) },
      ...{ bodyBytes, error: null },
    }
  } finally {
    client.destroy().catch(() => {})
  }
}

/** undici looks for its connection again while it hands a request over, so the answer must come after that. */
function handOver(socket: Socket): (options: unknown, done: (error: null, socket: Socket) => void) => void {
  return (_options, done) => setImmediate(() => done(null, socket))
}

/** TLS over the connection that is already there; the certificate is always verified. */
function encrypt(socket: Socket, name: string, secureContext: SecureContext, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const server = isIP(name) === 0 ? { servername: name } : {}
    const encrypted = secure({ socket, host: name, secureContext, ...server }, () => resolve(encrypted))
    encrypted.on('error', reject)
    signal.addEventListener('abort', () => encrypted.destroy(new Error('ended')), { once: true })
  })
}

async function drain(body: Dispatcher.ResponseData['body']): Promise<number> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length
    if (bytes >= BODY_MAX_BYTES) break
  }
  return Math.min(bytes, BODY_MAX_BYTES)
}

function isExpected(params: Params, peerAddress: string | null): boolean {
  if (params.expectAddress === undefined) return peerAddress !== null
  return peerAddress !== null && canonicalAddress(params.expectAddress) === peerAddress
}
