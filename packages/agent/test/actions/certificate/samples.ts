import { entry, file, type Setting, tree } from '../../fixtures/undo/setting.ts'
import type { Sample } from '../samples.ts'
import { madePair } from './make.ts'

const params = { service: 'nginx', certificate: '/etc/nginx/certs/erp.crt', key: '/etc/nginx/keys/erp.key' }

/** By name of the action: see `Sample`. */
export const samples: Readonly<Record<string, readonly Sample[]>> = {
  'certificate.replace': [{ params }],
}

const erp = madePair({ issuer: 'Example CA' })
const above = madePair({ subject: 'Example CA', names: [] })
const services = { 'nginx.service': { canReload: true } }

/** Hosts before the failure, from which the fixtures of undo records are made. */
export const scenes: readonly Setting[] = [
  {
    ...{ name: 'certificate.replace', action: 'certificate.replace', params },
    before: {
      services,
      files: tree({
        '/etc/nginx/certs/erp.crt': file(`${erp.certificate}${above.certificate}`),
        '/etc/nginx/keys': entry('folder', 0o710),
        '/etc/nginx/keys/erp.key': file(erp.key, { mode: 0o640, gid: 50 }),
      }),
    },
  },
  {
    ...{ name: 'certificate.replace.one-file', action: 'certificate.replace' },
    params: { service: 'nginx', certificate: '/etc/live/erp.pem', key: '/etc/live/erp.pem' },
    before: {
      services,
      files: tree({
        '/etc/archive/erp-1.pem': file(`${erp.key}${erp.certificate}${above.certificate}`, { mode: 0o600 }),
        '/etc/live/erp.pem': entry('link', 0o777, { target: '../archive/erp-1.pem' }),
      }),
    },
  },
]
