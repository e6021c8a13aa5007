/** Parameters of one dish of the menu: all that it takes, so that the test sees what the policy is asked. */
export interface Sample {
  readonly params: Readonly<Record<string, unknown>>
  /** Texts of the parameters that no question carries, and why the host's owner need not be asked about them. */
  readonly unasked?: Readonly<Record<string, string>>
}

/**
 * Actions that touch the host as a whole and take nothing that could be named: the line of the action itself is the
 * question. Everything else must name what it touches.
 */
export const nothingToName: Readonly<Record<string, string>> = {
  'timesync.stop': 'the time service of the host: the policy names it by `actions: [timesync.stop]`',
  'host.restart': 'the host itself: the policy names it by `actions: [host.restart]`',
}

/** By name of the action. An action without samples here cannot be added to the menu: see `asks.test.ts`. */
export const actionSamples: Readonly<Record<string, readonly Sample[]>> = {
  'hosts.override': [{ params: { entries: [{ name: 'erp.example.test', address: '192.0.2.7' }] } }],
  'service.stop': [{ params: { service: 'nginx' } }],
  'permission.revoke': [
    { params: { path: '/srv/plans', account: 'anna' } },
    { params: { path: '/srv/plans', group: 'finance' } },
    { params: { path: '/srv/plans/a.txt', everyone: true } },
  ],
  'membership.revoke': [{ params: { account: 'anna', group: 'finance' } }],
  'account.disable': [{ params: { account: 'anna' } }],
  'data.quarantine': [{ params: { folder: '/srv/share' } }],
  'network.block': [
    {
      params: {
        addresses: ['192.0.2.0/24'],
        except: ['192.0.2.7'],
        ports: [443],
        protocol: 'tcp',
        direction: 'both',
      },
      unasked: { '192.0.2.7': 'is let through', tcp: 'narrows', both: 'which way the named traffic goes' },
    },
    { params: { addresses: ['192.0.2.7'] } },
  ],
  'dns.block': [
    { params: { name: 'erp.example.test', servers: ['192.0.2.53'] } },
    { params: { name: 'erp.example.test' } },
  ],
  'resolver.switch': [
    {
      params: { servers: ['192.0.2.53'], name: 'erp.example.test', expectAddress: '192.0.2.7' },
      unasked: { '192.0.2.7': 'what the look-up should answer' },
    },
  ],
  'share.disconnect': [{ params: { share: '/mnt/plans', file: '/mnt/plans/wing.pdf' } }],
  'interface.down': [{ params: { interface: 'eth1', reaches: { host: '192.0.2.9', port: 443 } } }],
  'host.restart': [{ params: {} }],
  'timesync.stop': [{ params: {} }],
  'cpu.load': [{ params: { percent: 80, cores: 2 } }],
  'memory.fill': [{ params: { leavePercent: 10, atMostMiB: 512 } }],
  'io.load': [{ params: { folder: '/srv/data', mibPerSecond: 100 } }],
  'disk.fill': [{ params: { folder: '/srv/data', leavePercent: 5, atMostMiB: 64 } }],
  'process.stop': [{ params: { name: 'erp-server' } }, { params: { service: 'nginx' } }],
}

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
