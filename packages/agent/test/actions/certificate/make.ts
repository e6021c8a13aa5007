import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { element } from '../../../src/actions/certificate/der.ts'
import { kindOf } from '../../../src/actions/certificate/keys.ts'
import { armoured } from '../../../src/actions/certificate/pem.ts'

const DAY_MS = 86_400_000
const dn = (name: string, tag = 0x0c) =>
  element(
    0x30,
    element(0x31, element(0x30, Buffer.from('0603550403', 'hex'), element(tag, Buffer.from(name, 'latin1')))),
  )

interface Wanted {
  readonly subject?: string
  /** The ASN.1 type of the subject; default: UTF8String. */
  readonly subjectTag?: number
  readonly issuer?: string
  readonly names?: readonly string[]
  readonly fromDays?: number
  readonly toDays?: number
  readonly keys?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  readonly format?: 'pkcs8' | 'sec1' | 'pkcs1'
}

/** A certificate and its key as PEM texts, without any program. Signed with its own key, whatever its issuer is called. */
export function madePair(wanted: Wanted = {}): { certificate: string; key: string; der: Buffer } {
  const { subject = 'erp.example.test', names = ['erp.example.test'], fromDays = -30, toDays = 60 } = wanted
  const { publicKey, privateKey } = wanted.keys ?? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const kind = kindOf(publicKey)
  const algorithm = kind?.algorithm ?? Buffer.from('300a06082a8648ce3d040302', 'hex')
  const time = (days: number) => {
    const digits = new Date(Date.now() + days * DAY_MS).toJSON().replaceAll(/\D/g, '').slice(2, 14)
    return element(0x17, Buffer.from(`${digits}Z`))
  }
  const alternatives = element(0x30, ...names.map((name) => element(0x82, Buffer.from(name))))
  const critical = Buffer.of(0x01, 0x01, 0xff)
  const extension = (oid: string, value: Buffer, ...more: Buffer[]) =>
    element(0x30, Buffer.from(oid, 'hex'), ...more, element(0x04, value))
  const body = element(
    0x30,
    Buffer.from('a003020102', 'hex'),
    element(0x02, Buffer.concat([Buffer.of(0x41), randomBytes(8)])),
    algorithm,
    dn(wanted.issuer ?? subject),
    element(0x30, time(fromDays), time(toDays)),
    dn(subject, wanted.subjectTag),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(
      0xa3,
      element(
        0x30,
        extension('0603551d11', alternatives),
        extension('0603551d13', element(0x30), critical),
        // Which only the issuer can say: where its revocations are.
        extension('0603551d1f', element(0x30)),
      ),
    ),
  )
  const signature = kind?.sign(body, privateKey) ?? sign('sha256', body, privateKey)
  const der = element(0x30, body, algorithm, element(0x03, Buffer.of(0), signature))
  const key = privateKey.export({ type: wanted.format ?? 'pkcs8', format: 'pem' }).toString()
  return { certificate: `${armoured('CERTIFICATE', der)}\n`, key, der }
}
