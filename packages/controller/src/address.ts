import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { Address } from './context.ts'
import { type ControllerOptions, DEFAULT_HOST } from './options.ts'

/** Can only this machine reach an address that listens there? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** The TLS files, read; null without them. Throws when the controller would be reachable without TLS. */
export function readTls(options: ControllerOptions): { cert: string; key: string } | null {
  const { host = DEFAULT_HOST, tlsCertFile, tlsKeyFile } = options
  if (tlsCertFile === undefined && tlsKeyFile === undefined) {
    if (isLoopback(host)) return null
    throw new ChaosError(
      'request-invalid',
      `Refusing to listen on ${host} without TLS: agents and passwords would cross the network in the clear. Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that speaks TLS.`,
    )
  }
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new ChaosError('request-invalid', 'Give --tls-cert and --tls-key together.')
  }
  return { cert: readPem(tlsCertFile, '--tls-cert'), key: readPem(tlsKeyFile, '--tls-key') }
}

function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ChaosError('request-invalid', `The file given with ${option} cannot be read: ${sentenceOf(cause)}`, {
      cause,
    })
  }
}

/** What is known before listening. `origins` are filled in by `listening`. */
export function makeAddress(options: ControllerOptions, secure: boolean): Address {
  const publicUrl = options.publicUrl === undefined ? '' : checkedUrl(options.publicUrl)
  return { publicUrl, origins: new Set(), secure: secure || publicUrl.startsWith('https:'), closing: false }
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

/** Completes the address once the port is known: the origins that our own pages can have. */
export function listening(
  address: Address,
  listen: { host: string; port: number; tls: boolean },
): { localUrl: string } {
  const scheme = listen.tls ? 'https' : 'http'
  const urls = namesOf(listen.host).map((name) => `${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${listen.port}`)
  for (const url of urls) address.origins.add(new URL(url).origin)
  const localUrl = urls[0] ?? `${scheme}://127.0.0.1:${listen.port}`
  if (address.publicUrl === '') address.publicUrl = localUrl
  address.origins.add(new URL(address.publicUrl).origin)
  return { localUrl }
}

/** The names under which a browser may have found us. Only our own: a stranger's name that points here is refused. */
function namesOf(host: string): string[] {
  if (isLoopback(host)) return [...new Set([host, '127.0.0.1', 'localhost'])]
  if (host !== '0.0.0.0' && host !== '::') return [host]
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list?.map((entry) => entry.address) ?? [])
  return ['127.0.0.1', 'localhost', hostname(), ...addresses.filter((address) => !address.includes('%'))]
}
