import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../../scripts/lab/index.ts'

/** A private certificate authority, and a certificate of it for one address. All are PEM files in one folder. */
export type Authority = AsyncDisposable & { folder: string; caFile: string; certFile: string; keyFile: string }

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Makes both, as a company with an authority of its own would. The folder goes when it is disposed of. */
export async function makeAuthority(address: string): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-fleet-'))
  const file = (name: string) => join(folder, name)
  const [caFile, caKey, certFile, keyFile] = [file('ca.crt'), file('ca.key'), file('tls.crt'), file('tls.key')]
  const subject = (name: string) => ['-subj', `/CN=${name}`]
  await openssl([
    'req',
    '-x509',
    ...NEW_KEY,
    '-days',
    '2',
    ...subject('Lab authority'),
    '-keyout',
    caKey,
    '-out',
    caFile,
  ])
  await openssl(['req', ...NEW_KEY, ...subject(address), '-keyout', keyFile, '-out', file('tls.csr')])
  await writeFile(file('names'), `subjectAltName=IP:${address}\n`)
  const signed = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', file('names')]
  await openssl(['x509', '-req', '-in', file('tls.csr'), ...signed, '-out', certFile])
  return {
    ...{ folder, caFile, certFile, keyFile },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function openssl(args: readonly string[]): Promise<void> {
  await run(['openssl', ...args])
}
