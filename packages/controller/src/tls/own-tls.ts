import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { makeFolder } from '../make-folder.ts'
import type { CertifiedKey } from './certificates.ts'
import { writeDurably } from './durable-file.ts'

/** Somebody wants a new authority in the place of one that is gone. */
const NEW_AUTHORITY = 'new-authority'
/** With less than this left, the server's certificate is made anew. */
const RENEW_MS = 30 * 86_400_000
const PRIVATE = 0o600

/** Remembers, elsewhere than in the folder of the authority, that one was made: it can be lost, too. */
export interface AuthorityMemory {
  was(): Promise<boolean>
  made(): Promise<unknown>
}

/**
 * TLS of the controller's own: an authority made at first start and kept in the data folder, and a server's certificate
 * for the names and addresses under which this controller is reached, made anew before it ends or when a name was added.
 */
export class OwnTls {
  /** The authority's certificate, which agents and the command line are given. */
  readonly caFile: string
  readonly #folder: string
  readonly #names: readonly string[]

  readonly #memory: AuthorityMemory

  constructor(
    dataFolder: string,
    names: readonly string[],
    memory: AuthorityMemory = { was: async () => false, made: async () => undefined },
  ) {
    this.#memory = memory
    this.#folder = join(dataFolder, 'tls')
    this.#names = [...new Set(names)]
    this.caFile = join(this.#folder, 'ca.pem')
  }

  /** The certificate to serve at this time. Throws `wrong-state` when the authority's files are damaged. */
  async current(nowMs: number): Promise<CertifiedKey> {
    makeFolder(this.#folder)
    const kept = this.#read('server')
    const authority = await this.#authority(nowMs)
    if (kept !== null && (await this.#stillGood(kept, authority, nowMs))) return kept
    const { certify } = await import('./certificates.ts')
    const fresh = await certify(authority, this.#names, nowMs)
    this.#write('server', fresh)
    return fresh
  }

  async #authority(nowMs: number): Promise<CertifiedKey> {
    const { belongTogether, makeAuthority } = await import('./certificates.ts')
    if (existsSync(this.caFile)) {
      const kept = this.#read('ca')
      if (kept !== null && belongTogether(kept)) {
        await this.#memory.made()
        return kept
      }
      // Never made anew behind anybody's back: every agent trusts the old one, and would be locked out.
      throw new ChaosError(
        'wrong-state',
        `The authority that the agents trust is damaged: ${this.caFile} and its ca.key do not belong together or cannot be read. Restore both from a backup. To begin a new authority on purpose, remove both and make the empty file ${join(this.#folder, NEW_AUTHORITY)}; then every agent must be enrolled again.`,
      )
    }
    const onPurpose = join(this.#folder, NEW_AUTHORITY)
    if ((await this.#memory.was()) && !existsSync(onPurpose)) throw this.#lost(onPurpose)
    const fresh = await makeAuthority(nowMs)
    this.#write('ca', fresh)
    rmSync(onPurpose, { force: true })
    await this.#memory.made()
    return fresh
  }

  #lost(onPurpose: string): ChaosError {
    return new ChaosError(
      'wrong-state',
      `The authority that the agents trust is missing: ${this.caFile}. Restore it and its ca.key from a backup. To begin a new one on purpose, make the empty file ${onPurpose}; then every agent must be enrolled again.`,
    )
  }

  async #stillGood(kept: CertifiedKey, authority: CertifiedKey, nowMs: number): Promise<boolean> {
    const { belongTogether } = await import('./certificates.ts')
    const certificate = parsed(kept.cert)
    const issuer = parsed(authority.cert)
    if (certificate === null || issuer === null || !belongTogether(kept)) return false
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false
    if (Date.parse(certificate.validTo) - nowMs < RENEW_MS || Date.parse(certificate.validFrom) > nowMs) return false
    return this.#names.every((name) => names(certificate, name))
  }

  #read(name: 'ca' | 'server'): CertifiedKey | null {
    try {
      const text = (end: string) => readFileSync(join(this.#folder, `${name}.${end}`), 'utf8')
      return { cert: text('pem'), key: text('key') }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw new ChaosError('wrong-state', `The files in ${this.#folder} cannot be read: ${sentenceOf(error)}`, {
        cause: error,
      })
    }
  }

  /** The key first: a certificate without its key is of no use, and is what shows whether there is one. */
  #write(name: 'ca' | 'server', { cert, key }: CertifiedKey): void {
    writeDurably(join(this.#folder, `${name}.key`), key, PRIVATE)
    writeDurably(join(this.#folder, `${name}.pem`), cert, 0o644)
  }
}

function names(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
}

function parsed(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}
