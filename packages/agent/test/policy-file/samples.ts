import type { Sample } from '../actions/samples.ts'

/** By name of the probe. `none`: its parameters name nothing, and it needs no line. */
export const probeSamples: Readonly<Record<string, readonly (Sample & { readonly none?: true })[]>> = {
  http: [
    {
      params: { url: 'https://erp.example.test/health', method: 'GET', caFile: '/srv/ca.pem' },
      unasked: { GET: 'how it is asked' },
    },
    {
      params: { url: 'http://192.0.2.7/', expectAddress: '192.0.2.7' },
      unasked: { '192.0.2.7': 'compared, not contacted' },
    },
  ],
  tcp: [{ params: { host: 'erp.example.test', port: 443 } }, { params: { host: '127.0.0.1', port: 80 } }],
  dns: [
    {
      params: { name: 'erp.example.test', expectAddress: '192.0.2.7' },
      unasked: { '192.0.2.7': 'compared, not contacted' },
    },
    {
      params: { name: 'erp.example.test', server: '192.0.2.53', serverPort: 53 },
    },
  ],
  tls: [
    {
      params: { host: 'erp.example.test', serverName: 'www.example.test', caFile: '/srv/ca.pem' },
      unasked: { 'www.example.test': 'the name on the certificate' },
    },
  ],
  certificate: [{ params: { path: '/srv/cert.pem' } }],
  service: [{ params: { service: 'nginx' } }],
  process: [{ params: { name: 'nginx' } }],
  membership: [{ params: { account: 'anna', group: 'finance' } }],
  account: [{ params: { account: 'anna', service: 'sshd' }, unasked: { sshd: 'as which service PAM is asked' } }],
  file: [
    { params: { path: '/srv/share', as: 'anna' }, unasked: { anna: 'through whose eyes the named file is seen' } },
  ],
  disk: [{ params: { path: '/srv' } }],
  cpu: [{ params: {}, none: true }],
  memory: [{ params: {}, none: true }],
  io: [{ params: { path: '/srv' } }],
  clock: [{ params: {}, none: true }],
  login: [
    { params: { credential: ['probe-user', 'other-user'], driver: 'pam' }, unasked: { pam: 'narrows' } },
    { params: { credential: 'probe-user' } },
  ],
  backup: [{ params: { repository: 'nightly' } }],
}

/** By name of the exercise. */
export const exerciseSamples: Readonly<Record<string, readonly Sample[]>> = {
  'backup.restore': [
    {
      params: { repository: 'nightly', folder: '/srv/share', into: 'scratch' },
      unasked: { scratch: 'a folder of the agent' },
    },
  ],
}
