import { isIP, type Socket } from 'node:net'
import { type SecureContext, connect as secure } from 'node:tls'
import type { Dispatcher } from 'undici'
import * as z from 'zod'
import { AbsolutePath, canonicalAddress, HttpUrl, IpAddress } from '../params/index.ts'
import { faultOf } from '../text/index.ts'
import { trusted } from './authorities.ts'
import { type ConnectTimes, connectTo } from './connect.ts'
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

/** What was seen of a visit until now: it may end at any point, and what was measured by then is part of the answer. */
interface Seen extends ConnectTimes {
  tlsMs: number | null
  firstByteMs: number | null
  peerAddress: string | null
  socket: Socket | null
}

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
    dnsMs: 'time to resolve the name; null when url holds an address, or when the name did not resolve',
    connectMs: 'time to open the TCP connection, or null when it was not opened',
    tlsMs: 'time to agree on TLS; null for http, or when there was no agreement',
    firstByteMs: 'time from the request to the head of the answer, or null without an answer',
    totalMs: 'time from the look-up of the name to the end of the answer, or null without an answer',
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
    const seen: Seen = {
      ...{ dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null },
      peerAddress: null,
      socket: null,
    }
    const authorities = new URL(params.url).protocol === 'https:' ? await trusted(context, params.caFile) : null
    try {
      return { evaluated: true, message: null, value: await visit(context, params, authorities, seen) }
    } catch (thrown) {
      if (context.signal.aborted) throw thrown
      const error = faultOf(thrown)
      const { peerAddress } = seen
      return {
        evaluated: true,
        message: `${params.url} did not answer: ${error}`,
        value: {
          ...{ answered: false, status: null, peerAddress, addressExpected: isExpected(params, peerAddress) },
          ...{ ...timesOf(seen), totalMs: null, bodyBytes: null, error },
        },
      }
    } finally {
      seen.socket?.destroy()
    }
  },
})

async function visit({ host, signal }: ProbeContext, params: Params, authorities: SecureContext | null, seen: Seen) {
  // Loaded with the first sample: an agent that watches no web address does without its 28 MB.
  const { Client } = await import('undici')
  const url = new URL(params.url)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const bare = url.hostname.replace(/^\[|\]$/g, '')
  const startMs = host.clock.monoMs()
  const connected = await connectTo(host, { host: bare, port }, signal, seen)
  seen.peerAddress = connected.peerAddress
  seen.socket = connected.socket
  if (authorities !== null) {
    const tlsStartMs = host.clock.monoMs()
    seen.socket = await encrypt(connected.socket, bare, authorities, signal)
    seen.tlsMs = Math.round(host.clock.monoMs() - tlsStartMs)
  }
  const requestMs = host.clock.monoMs()
  const { peerAddress } = connected
  const client = new Client(url.origin, { connect: handOver(seen.socket), allowH2: false })
  try {
    const answer = await client.request({
      ...{ method: params.method ?? 'GET', path: url.pathname + url.search, signal, reset: true },
      headers: { accept: '*/*', 'user-agent': 'chaos-lite-probe', 'cache-control': 'no-cache' },
    })
    seen.firstByteMs = Math.round(host.clock.monoMs() - requestMs)
    const bodyBytes = await drain(answer.body)
    const totalMs = Math.round(host.clock.monoMs() - startMs)
    return {
      ...{ answered: true, status: answer.statusCode, peerAddress, addressExpected: isExpected(params, peerAddress) },
      ...{ ...timesOf(seen), totalMs, bodyBytes, error: null },
    }
  } finally {
    client.destroy().catch(() => {})
  }
}

function timesOf({ dnsMs, connectMs, tlsMs, firstByteMs }: Seen) {
  return { dnsMs, connectMs, tlsMs, firstByteMs }
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
