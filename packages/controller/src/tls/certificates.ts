// The library finds its parts through decorators, and these need this first.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, KeyObject, randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

const DAY_MS = 86_400_000
/** Agents trust the authority for as long as they are enrolled, so it outlives them. */
const AUTHORITY_MS = 20 * 365 * DAY_MS
/** A server's certificate is short-lived: it is made anew by itself, long before it ends. */
const SERVER_MS = 90 * DAY_MS
/** Clocks of hosts are wrong by hours at times; a certificate that is not valid yet would lock them out. */
const BACKDATE_MS = 2 * DAY_MS

/** P-256 is what every TLS library and browser takes; Ed25519 is not. */
const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNED = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A certificate and its private key, as PEM texts. */
export interface CertifiedKey {
  readonly cert: string
  readonly key: string
}

/** Makes a certificate authority that may sign servers' certificates, and nothing below it. */
export async function makeAuthority(nowMs: number): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  // A name of its own for each authority: a store of authorities may hold several.
  const name = `CN=Chaos Lite authority ${randomBytes(4).toString('hex')}`
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name,
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(nowMs + AUTHORITY_MS),
    signingAlgorithm: SIGNED,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: pem(certificate), key: privatePem(keys.privateKey) }
}

/** Makes a server's certificate for these names and addresses, signed by the authority; `cert` holds both. */
export async function certify(authority: CertifiedKey, names: readonly string[], nowMs: number): Promise<CertifiedKey> {
  const issuer = new X509Certificate(authority.cert)
  const signingKey = createPrivateKey(authority.key).toCryptoKey(KEY, false, ['sign'])
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Chaos Lite controller',
    issuer: issuer.subject,
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(Math.min(nowMs + SERVER_MS, issuer.notAfter.getTime())),
    signingAlgorithm: SIGNED,
    publicKey: keys.publicKey,
    signingKey,
    extensions: await extensions(keys.publicKey, issuer, names),
  })
  return { cert: `${pem(certificate)}${authority.cert}`, key: privatePem(keys.privateKey) }
}

/** Does this private key belong to this certificate? False for anything that is neither. */
export function belongTogether({ cert, key }: CertifiedKey): boolean {
  try {
    const ours = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' })
    return ours.equals(Buffer.from(new X509Certificate(cert).publicKey.rawData))
  } catch {
    return false
  }
}

async function extensions(
  publicKey: webcrypto.CryptoKey,
  issuer: X509Certificate,
  names: readonly string[],
): Promise<Extension[]> {
  const alternatives = names.map((name) => ({
    type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const),
    value: name,
  }))
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(alternatives),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
  ]
}

/** 128 random bits, positive and without a leading zero byte (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

const pem = (certificate: X509Certificate) => `${certificate.toString('pem')}\n`

function privatePem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString()
}
