/** Where everything of the demo answers: loopback addresses that only Linux has without being asked. */
export const place = {
  name: 'erp.example.test',
  primary: '127.0.8.11',
  standby: '127.0.8.12',
  port: 8080,
  service: 'erp',
} as const

/** The three demo hosts. Each one's policy names what may be drilled there, and nothing else. */
export const demoHosts = [
  {
    name: 'erp-primary',
    labels: { role: 'erp-primary', site: 'main' },
    hosts: [],
    services: [{ service: place.service, address: place.primary, port: place.port }],
    policy: `policy: 1
actions: [service.stop]
services: [${place.service}]
holdAtMost: 15m
`,
  },
  {
    name: 'erp-standby',
    labels: { role: 'erp-standby', site: 'standby' },
    hosts: [],
    services: [{ service: place.service, address: place.standby, port: place.port }],
    policy: 'policy: 1\n',
  },
  {
    name: 'workstation-1',
    labels: { role: 'workstation', site: 'main' },
    hosts: [`${place.primary} ${place.name}`],
    services: [],
    policy: `policy: 1
actions: [hosts.override]
names: [${place.name}]
addresses: [${place.primary}, ${place.standby}]
probeHosts: [${place.name}, ${place.primary}, ${place.standby}]
holdAtMost: 15m
`,
  },
] as const

/** The parameters with which the demo runs `failover-friday-dns`: minutes become seconds. */
export const demoParams = {
  name: place.name,
  standby: place.standby,
  service: place.service,
  scheme: 'http',
  port: place.port,
  page: '/health',
  target: '20s',
  hold: '60s',
  switchHold: '45s',
  alertWithin: '15s',
  answerWithin: '10s',
} as const
