import { createSocket } from 'node:dgram'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dnsProbe } from '../../src/probes/dns.ts'
import { judge } from '../../src/probes/judge.ts'
import { localHost, lookOnce, seenBy } from '../fixtures/local-host.ts'

const host = localHost({ names: { 'erp.example.test': ['192.0.2.10', '192.0.2.11'] } })

/** A name server (RFC 1035) that knows one A record, and says NXDOMAIN or nothing for the rest. */
async function nameServer(name: string, address: string, silent = false): Promise<number> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    if (silent) return
    const labels: string[] = []
    let at = 12
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString())
      at += 1 + length
    }
    const question = query.subarray(12, at + 5)
    const known = labels.join('.') === name
    const isA = query.readUInt16BE(at + 1) === 1
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)])
    const head = Buffer.from([
      ...query.subarray(0, 2),
      0x81,
      known ? 0x80 : 0x83,
      0,
      1,
      0,
      known && isA ? 1 : 0,
      0,
      0,
      0,
      0,
    ])
    socket.send(Buffer.concat(known && isA ? [head, question, record] : [head, question]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return socket.address().port
}

describe('the dns probe', () => {
  it('answers what any program on this host would get', async () => {
    expect(await seenBy(dnsProbe, { name: 'localhost' })).toMatchObject({ resolved: true, expected: true, error: null })
  })

  it('gives the first address, all of them, and whether the first is the expected one', async () => {
    const seen = await seenBy(dnsProbe, { name: 'erp.example.test', expectAddress: '192.0.2.10' }, { host })
    expect(seen).toMatchObject({ first: '192.0.2.10', addresses: '192.0.2.10,192.0.2.11', count: 2, expected: true })
  })

  it('is down while another address comes first', async () => {
    const params = { name: 'erp.example.test', expectAddress: '192.0.2.11' }
    const seen = await lookOnce(dnsProbe, params, { host })
    expect(judge(seen, dnsProbe.expect(params))).toEqual({
      status: 'down',
      message: 'erp.example.test leads to 192.0.2.10, not to 192.0.2.11',
    })
  })

  it('takes two spellings of one address as equal', async () => {
    const six = localHost({ names: { 'six.example.test': ['2001:db8:0:0:0:0:0:1'] } })
    const params = { name: 'six.example.test', expectAddress: '2001:DB8::1' }
    expect(await seenBy(dnsProbe, params, { host: six })).toMatchObject({ first: '2001:db8::1', expected: true })
  })

  it('is down, with the reason, when the name does not resolve', async () => {
    const seen = await lookOnce(dnsProbe, { name: 'nothing.invalid' })
    expect(seen).toMatchObject({ evaluated: true, value: { resolved: false, first: null, count: 0, expected: false } })
    expect(judge(seen, dnsProbe.expect({ name: 'x' })).message).toMatch(/nothing.invalid does not resolve: E/)
  })

  it('shows at most eight addresses', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `192.0.2.${index}`)
    const seen = await seenBy(dnsProbe, { name: 'a.test' }, { host: localHost({ names: { 'a.test': many } }) })
    expect(seen.count).toBe(20)
    expect(String(seen.addresses).split(',')).toHaveLength(8)
  })

  it('asks one name server when it is asked to', async () => {
    const serverPort = await nameServer('erp.example.test', '192.0.2.77')
    const server = { server: '127.0.0.1', serverPort }
    expect(await seenBy(dnsProbe, { name: 'erp.example.test', ...server })).toMatchObject({
      first: '192.0.2.77',
      count: 1,
    })
    expect(await seenBy(dnsProbe, { name: 'other.example.test', ...server })).toMatchObject({
      resolved: false,
      error: 'ENOTFOUND',
    })
  })

  it('ends at its signal when the name server says nothing', async () => {
    const serverPort = await nameServer('x', '192.0.2.1', true)
    const signal = AbortSignal.timeout(150)
    const look = lookOnce(dnsProbe, { name: 'a.test', server: '127.0.0.1', serverPort }, { signal })
    await expect(look).rejects.toThrow()
  })

  it('asks for the name, and for a named server', () => {
    expect(dnsProbe.asks({ name: 'a.test' })).toEqual([{ kind: 'lookup', value: 'a.test' }])
    expect(dnsProbe.asks({ name: 'a.test', server: 'ns.example.test' })).toEqual([
      { kind: 'lookup', value: 'a.test' },
      { kind: 'name', value: 'ns.example.test' },
    ])
  })
})
