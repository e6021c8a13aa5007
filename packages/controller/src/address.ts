import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { ChaosError } from '@chaos-lite/shared'
import { isLoopback } from '@chaos-lite/shared/address'
import { type ControllerOptions, DEFAULT_HOST } from './options.ts'

/** Where this controller is reached, as browsers and agents see it. */
export interface Address {
  /** `https://chaos.example.test:8321`, without a slash at the end. */
  publicUrl: string
  /** The exact origins that a browser may send. */
  readonly origins: Set<string>
  readonly secure: boolean
  /** The authority that agents must be given, PEM; null when systems know it by themselves, or there is no TLS here. */
  readonly caPem: string | null
  /** True after the signal to stop: no new runs. */
  closing: boolean
}

/** What is known before listening. `origins` are filled in by `listening`. */
export function makeAddress(options: ControllerOptions, tls: { readonly caPem: string | null } | null): Address {
  const publicUrl = options.publicUrl === undefined ? '' : checkedUrl(options.publicUrl)
  const secure = tls !== null || publicUrl.startsWith('https:')
  return { publicUrl, origins: new Set(), secure, caPem: tls?.caPem ?? null, closing: false }
}

/** Every name and address for which this controller needs a certificate. */
export function reachableNames(options: ControllerOptions): string[] {
  const { host = DEFAULT_HOST, publicUrl, tlsNames = [] } = options
  const asked = publicUrl === undefined ? [] : [new URL(checkedUrl(publicUrl)).hostname.replace(/^\[|\]$/g, '')]
  return [...new Set([...asked, ...tlsNames, ...namesOf(host), '127.0.0.1', 'localhost'])]
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.username === '') {
    return url.origin
  }
  throw new ChaosError(
    'request-invalid',
    `--public-url must be like https://chaos.example.test, without a path; it is ${text}`,
  )
}

/**
 * Whose `X-Forwarded-For` is believed: the proxies that were named; and, where this controller speaks plain HTTP behind
 * another address, a proxy on this machine.
 */
export function trustedProxies({ trustProxy = [], publicUrl }: ControllerOptions, tls: boolean): string[] {
  return tls || publicUrl === undefined ? [...trustProxy] : ['loopback', ...trustProxy]
}

/** Completes the address once the port is known: the origins that our own pages can have. */
export function listening(
  address: Address,
  listen: { host: string; port: number; tls: boolean },
): { localUrl: string } {
  const scheme = listen.tls ? 'https' : 'http'
  const urls = namesOf(listen.host).map((name) => `${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${listen.port}`)
  for (const url of urls) address.origins.add(new URL(url).origin)
  const localUrl = urls[0] ?? `${scheme}://127.0.0.1:${listen.port}`
  // Where it listens on every address, hosts and browsers elsewhere find it by its name.
  if (address.publicUrl === '') {
    address.publicUrl = isEverywhere(listen.host)
      ? new URL(`${scheme}://${hostname()}:${listen.port}`).origin
      : localUrl
  }
  address.origins.add(new URL(address.publicUrl).origin)
  return { localUrl }
}

/** Where it listens, for people: `host` as it was given, and what others type. `url` is for this machine. */
export function listensText(
  host: string,
  { url, publicUrl }: { readonly url: string; readonly publicUrl: string },
): string {
  const use = url === publicUrl ? '' : `; browsers and agents use ${publicUrl}`
  return isEverywhere(host)
    ? `${host} port ${new URL(url).port}, on every address of this machine${use}`
    : `${url}${use}`
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** The names under which a browser may have found us. Only our own: a stranger's name that points here is refused. */
function namesOf(host: string): string[] {
  if (isLoopback(host)) return [...new Set([host, '127.0.0.1', 'localhost'])]
  if (!isEverywhere(host)) return [host]
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list?.map((entry) => entry.address) ?? [])
  return ['127.0.0.1', 'localhost', hostname(), ...addresses.filter((address) => !address.includes('%'))]
}
