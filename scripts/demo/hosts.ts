import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Where everything of one demo answers: loopback addresses, which Linux has without being asked. */
export interface Place {
  readonly name: string
  readonly primary: string
  readonly standby: string
  readonly port: number
  readonly service: string
}

const PORT = 8080

/** Addresses that nobody uses now: several demos may run at once. */
export async function findPlace(): Promise<Place> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const net = `127.8.${randomInt(1, 255)}`
    const [primary, standby] = [`${net}.11`, `${net}.12`]
    if ((await isFree(primary)) && (await isFree(standby)))
      return { name: 'erp.example.test', primary, standby, port: PORT, service: 'erp' }
  }
  throw new Error(`No two loopback addresses were free on port ${PORT}; end the programs that use it on all addresses.`)
}

function isFree(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(PORT, address, () => server.close(() => resolve(true)))
  })
}

export interface DemoHostDefinition {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly hosts: readonly string[]
  readonly services: readonly { readonly service: string; readonly address: string; readonly port: number }[]
  readonly policy: string
}

/** The three demo hosts. Each one's policy names what may be drilled there, and nothing else. */
export function demoHosts(place: Place): readonly DemoHostDefinition[] {
  return [
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
  ]
}

/** The parameters with which the demo runs `failover-friday-dns`: minutes become seconds. */
export const demoParams = (place: Place) => ({
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
})
