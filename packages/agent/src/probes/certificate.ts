import { X509Certificate } from 'node:crypto'
import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import { AbsolutePath } from '../params/index.ts'
import { oneLine } from '../text/index.ts'
import { lookAt, whyNot } from './look-at.ts'
import { defineProbe } from './probe.ts'

const Params = z.strictObject({
  path: AbsolutePath.describe('A file with one certificate or several: PEM, or one as DER'),
})

const DAY_MS = 86_400_000
const MAX_BYTES = 4 * 1024 * 1024
const MAX_CERTIFICATES = 1000
const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** A certificate in a file of this host: of a service that no network probe reaches, a VPN, a signing key, a bundle. */
export const certificateProbe = defineProbe({
  name: 'certificate',
  summary: 'How many days are the certificates in a file of this host still valid?',
  needs: ['files'],
  params: Params,
  value: {
    exists: 'true when the file is there',
    certificates: 'how many certificates are in it',
    daysLeft: 'whole days until the first of them to end ends; negative when it has',
    notYetDays: 'whole days until all of them are valid; 0 when they are',
    subject: 'common name of the one that ends first',
    issuer: 'common name of its issuer',
  },
  expect: () => ({ exists: true, daysLeft: { atLeast: 14 }, notYetDays: 0 }),
  asks: ({ path }) => [{ kind: 'file', value: path }],
  timeoutMs: () => 10_000,
  reads: () => 'paths',
  async look(context, { path }) {
    const { host } = context
    try {
      const bytes = await lookAt(context, path, (thing) => thing.read(MAX_BYTES))
      if (bytes === null) {
        const nothing = { certificates: 0, daysLeft: null, notYetDays: null, subject: null, issuer: null }
        return { evaluated: true, message: `There is no ${path}`, value: { exists: false, ...nothing } }
      }
      const all = certificatesIn(bytes)
      const nowMs = host.clock.wallMs()
      const [first] = all.toSorted((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo))
      if (first === undefined) return { evaluated: false, message: `${path} holds no certificate` }
      const notYet = Math.max(...all.map((one) => Math.ceil((Date.parse(one.validFrom) - nowMs) / DAY_MS)), 0)
      const value = {
        exists: true,
        certificates: all.length,
        daysLeft: Math.floor((Date.parse(first.validTo) - nowMs) / DAY_MS),
        notYetDays: notYet,
        subject: nameOf(first.subject),
        issuer: nameOf(first.issuer),
      }
      return { evaluated: true, message: null, value }
    } catch (thrown) {
      return { evaluated: false, message: `${path} cannot be read as a certificate: ${whyNot(thrown)}` }
    }
  },
})

/** Of PEM all of them; whatever stands between them, such as a private key, is passed over. */
function certificatesIn(bytes: Buffer): X509Certificate[] {
  const found = bytes.toString('latin1').match(PEM)
  if (found === null) return bytes[0] === 0x30 ? [new X509Certificate(bytes)] : []
  if (found.length > MAX_CERTIFICATES) {
    throw new ChaosError('too-many', `it holds more than ${MAX_CERTIFICATES} certificates`)
  }
  return found.map((one) => new X509Certificate(one))
}

/** `CN=erp.example.test` of the lines that Node makes of a distinguished name. */
function nameOf(distinguished: string | undefined): string | null {
  const lines = distinguished?.split('\n') ?? []
  const name = lines.find((one) => one.startsWith('CN=')) ?? lines[0]
  return name === undefined || name === '' ? null : oneLine(name.replace(/^CN=/, ''), 128)
}
