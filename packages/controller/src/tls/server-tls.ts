import { X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { isLoopback } from '@chaos-lite/shared/address'
import type { Logger } from 'pino'
import { reachableNames } from '../address.ts'
import { type ControllerOptions, DEFAULT_HOST } from '../options.ts'
import type { CertifiedKey } from './certificates.ts'
import { readGiven, readPem } from './given-tls.ts'
import { type AuthorityMemory, OwnTls } from './own-tls.ts'

const LOOK_EVERY_MS = 6 * 3_600_000
const WARN_MS = 14 * 86_400_000

/** How this controller speaks TLS. */
export interface ServerTls {
  readonly first: CertifiedKey
  /** The authority that agents must be given, PEM; null when its certificate is one that systems know by themselves. */
  readonly caPem: string | null
  /** Where that authority lies, when it is the controller's own. */
  readonly caFile: string | null
  /** From now on the server's certificate is renewed in time, without a restart. Returns the way to stop that. */
  keepFresh(server: Pick<Server, 'setSecureContext'>, log: Logger): () => void
}

/**
 * Null for plain HTTP, which only loopback may have; otherwise the user's certificate, or one of the controller's own
 * authority. There is no third way, and nothing that turns verification off.
 */
export async function openTls(
  options: ControllerOptions,
  memory?: AuthorityMemory,
  clock: () => number = Date.now,
): Promise<ServerTls | null> {
  const { host = DEFAULT_HOST, tlsCertFile, tlsKeyFile, tlsCaFile, dataFolder } = options
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) {
    const read = async () => readGiven(tlsCertFile, tlsKeyFile)
    const caPem = tlsCaFile === undefined ? null : authorityOf(readPem(tlsCaFile, '--tls-ca'), tlsCaFile)
    return serverTls(await read(), { caPem, caFile: null, read, clock })
  }
  if (tlsCertFile !== undefined || tlsKeyFile !== undefined || tlsCaFile !== undefined) {
    throw new ChaosError('request-invalid', 'Give --tls-cert and --tls-key together (and --tls-ca only with them).')
  }
  if (isLoopback(host)) return null
  const own = new OwnTls(dataFolder, reachableNames(options), memory)
  const read = () => own.current(clock())
  const first = await read()
  return serverTls(first, { caPem: readPem(own.caFile, '--data'), caFile: own.caFile, read, clock })
}

type Source = Pick<ServerTls, 'caPem' | 'caFile'> & {
  readonly read: () => Promise<CertifiedKey>
  readonly clock: () => number
}

function serverTls(first: CertifiedKey, { caPem, caFile, read, clock }: Source): ServerTls {
  return {
    ...{ first, caPem, caFile },
    keepFresh(server, log) {
      let served = first
      const look = async () => {
        const now = await read()
        if (now.cert !== served.cert) {
          server.setSecureContext({ ...now, minVersion: 'TLSv1.2' })
          served = now
          log.info({ validTo: new X509Certificate(now.cert).validTo }, 'a new certificate is served')
        }
        const leftMs = Date.parse(new X509Certificate(served.cert).validTo) - clock()
        if (leftMs < WARN_MS) log.warn({ leftDays: Math.floor(leftMs / 86_400_000) }, 'the certificate ends soon')
      }
      const failed = (error: unknown) =>
        log.error({ err: error }, `the certificate was not renewed: ${sentenceOf(error)}`)
      const timer = setInterval(() => void look().catch(failed), LOOK_EVERY_MS)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}

/** Only a certificate goes into tokens, never by mistake the key that lies beside it. */
function authorityOf(text: string, file: string): string {
  try {
    return `${new X509Certificate(text).toString()}`
  } catch (cause) {
    throw new ChaosError('request-invalid', `${file}, given with --tls-ca, is not a certificate in PEM.`, { cause })
  }
}
