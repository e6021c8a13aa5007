import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linuxHost } from '../../../src/host/linux/index.ts'
import { parseManager, parseResolved } from '../../../src/host/linux/name-servers.ts'

const names = new Map([
  [2, 'eth0'],
  [3, 'wlan0'],
])
const servers = (...rows: [number, number, number[]][]) => JSON.stringify({ type: 'a(iiay)', data: rows })
const domains = (...rows: [number, string, boolean][]) => JSON.stringify({ type: 'a(isb)', data: rows })

describe('the name servers of systemd-resolved', () => {
  it('are distinguished by where they are set, with their interfaces by name', () => {
    const said = [
      servers(
        [3, 2, [10, 0, 0, 1]],
        [0, 2, [192, 0, 2, 53]],
        [2, 10, [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 0x53]],
      ),
      domains([0, '.', true], [2, 'office.test', false], [2, 'lab.test', true]),
    ].join('\n')
    expect(parseResolved(`${said}\n`, names)).toEqual({
      forAll: ['192.0.2.53'],
      connections: [
        { name: 'eth0', servers: ['2001:db8::53'], domains: ['office.test', 'lab.test'] },
        { name: 'wlan0', servers: ['10.0.0.1'], domains: [] },
      ],
    })
  })

  it('may be none, and an interface without a name has its number', () => {
    expect(parseResolved(`${servers()}\n${domains()}`, names)).toEqual({ forAll: [], connections: [] })
    const { connections } = parseResolved(`${servers([9, 2, [10, 0, 0, 1]])}\n${domains()}`, names)
    expect(connections).toMatchObject([{ name: 'interface 9' }])
  })

  it('are read in their order, whatever they are', () => {
    const address = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(address, { maxLength: 8 }), (all) => {
        const rows = all.map((bytes): [number, number, number[]] => [0, 2, bytes])
        expect(parseResolved(`${servers(...rows)}\n${domains()}`, names).forAll).toEqual(
          all.map((one) => one.join('.')),
        )
      }),
    )
  })
})

describe('the name servers of NetworkManager', () => {
  const entry = (given: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(given).map(([key, data]) => [key, { type: 'x', data }]))
  const said = (...entries: Record<string, unknown>[]) => JSON.stringify({ type: 'aa{sv}', data: entries.map(entry) })

  it('are those of the whole host where no interface is named, and of each connection else', () => {
    const configuration = said(
      { nameservers: ['192.0.2.53', '2001:DB8::53'], priority: 100 },
      { nameservers: ['10.0.0.1'], interface: 'eth0', priority: 100, vpn: false },
      { nameservers: ['10.0.0.2'], domains: ['vpn.test'], interface: 'a-vpn', priority: 50, vpn: true },
    )
    expect(parseManager(configuration)).toEqual({
      forAll: ['192.0.2.53', '2001:db8::53'],
      connections: [
        { name: 'a-vpn', servers: ['10.0.0.2'], domains: ['vpn.test'] },
        { name: 'eth0', servers: ['10.0.0.1'], domains: [] },
      ],
    })
  })

  it('may be none', () => {
    expect(parseManager(said())).toEqual({ forAll: [], connections: [] })
  })
})

describe('a demo host', () => {
  it('has no say in the name servers of the machine that it shares', async () => {
    const { nameServers } = linuxHost({ own: { paths: [], names: [] }, sharesNetwork: true })
    expect(await nameServers.now('systemd-resolved')).toBeNull()
    expect(await nameServers.now('NetworkManager')).toBeNull()
    await nameServers.readAgain('systemd-resolved')
  })
})
