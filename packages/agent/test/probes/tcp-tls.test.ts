import { createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { judge } from '../../src/probes/judge.ts'
import { tcpProbe } from '../../src/probes/tcp.ts'
import { tlsProbe } from '../../src/probes/tls.ts'
import { localHost, lookOnce, seenBy } from '../fixtures/local-host.ts'
import { type Authority, certificate, listen, tcpServer } from '../fixtures/servers.ts'

const host = localHost({ names: { 'printer.example.test': ['127.0.0.1'] } })

describe('the tcp probe', () => {
  it('is up when a port accepts, and sends nothing', async () => {
    const received: Buffer[] = []
    const { port } = await tcpServer((socket) => socket.on('data', (chunk) => received.push(chunk)))
    const seen = await seenBy(tcpProbe, { host: 'printer.example.test', port }, { host })
    expect(seen).toMatchObject({ connected: true, peerAddress: '127.0.0.1', error: null })
    expect(received).toEqual([])
  })

  it('is down when it refuses', async () => {
    const seen = await lookOnce(tcpProbe, { host: '127.0.0.1', port: 1 })
    expect(seen).toMatchObject({ value: { connected: false, error: 'ECONNREFUSED' } })
    expect(judge(seen, tcpProbe.expect({ host: '127.0.0.1', port: 1 })).message).toContain('port 1 did not accept')
  })

  it('is down when the name has no address', async () => {
    expect(await seenBy(tcpProbe, { host: 'nothing.invalid', port: 9100 })).toMatchObject({ connected: false })
  })

  it('asks the owner for every machine, this host itself included: its ports are not for a controller to find out', () => {
    for (const host of ['127.0.0.1', '::1', '0:0:0:0:0:0:0:1', '127.9.9.9']) {
      expect(tcpProbe.asks({ host, port: 1 })).toEqual([{ kind: 'address', value: host }])
    }
    expect(tcpProbe.asks({ host: 'localhost.example.test', port: 1 })).toEqual([
      { kind: 'name', value: 'localhost.example.test' },
    ])
  })

  it.each([
    { host: 'a b', port: 1 },
    { host: '-x', port: 1 },
    { host: 'a', port: 0 },
    { host: 'a', port: 65_536 },
    { host: '', port: 1 },
    { host: 'a\n', port: 1 },
    { host: '1.2.3', port: 1 },
  ])('refuses %j', (params) => {
    expect(tcpProbe.params.safeParse(params).success).toBe(false)
  })
})

async function tlsServer({ key, cert }: Authority): Promise<number> {
  return (await listen(createServer({ key, cert }))).port
}

describe('the tls probe', () => {
  it('describes a trusted certificate', async () => {
    const authority = await certificate('printer.example.test', 30)
    const port = await tlsServer(authority)
    const seen = await seenBy(tlsProbe, { host: 'printer.example.test', port, caFile: authority.caFile }, { host })
    expect(seen).toMatchObject({ connected: true, authorized: true, problem: null, error: null })
    expect(seen).toMatchObject({ subject: 'printer.example.test', issuer: 'Test CA' })
    expect([29, 30]).toContain(seen.daysLeft)
  })

  it('describes one that nobody vouches for, instead of giving up', async () => {
    const authority = await certificate('printer.example.test')
    const seen = await lookOnce(tlsProbe, { host: 'printer.example.test', port: await tlsServer(authority) }, { host })
    expect(seen).toMatchObject({
      value: { connected: true, authorized: false, problem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    })
    expect(judge(seen, tlsProbe.expect({ host: 'x' })).status).toBe('down')
  })

  it('sees that it is for another name', async () => {
    const authority = await certificate('other.example.test')
    const port = await tlsServer(authority)
    const params = { host: '127.0.0.1', port, serverName: 'printer.example.test', caFile: authority.caFile }
    expect(await seenBy(tlsProbe, params)).toMatchObject({ authorized: false, problem: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    expect(await seenBy(tlsProbe, { ...params, serverName: 'other.example.test' })).toMatchObject({ authorized: true })
  })

  it('goes down before the certificate ends', async () => {
    const authority = await certificate('printer.example.test', 5)
    const params = { host: 'printer.example.test', port: await tlsServer(authority), caFile: authority.caFile }
    const judged = judge(await lookOnce(tlsProbe, params, { host }), tlsProbe.expect(params))
    expect(judged.status).toBe('down')
    expect(judged.message).toMatch(/daysLeft is [45], expected at least 14/)
  })

  it('looks for an expired certificate where it is asked to, whoever issued it', async () => {
    const params = { host: '127.0.0.1', expired: true as const }
    const judged = async (port: number, nowMs: number) => {
      const clock = { ...host.clock, wallMs: () => nowMs }
      const seen = await lookOnce(tlsProbe, { ...params, port }, { host: { ...host, clock } })
      return judge(seen, tlsProbe.expect({ ...params, port })).status
    }
    const authority = await certificate('printer.example.test', 5)
    const port = await tlsServer(authority)
    const DAY_MS = 86_400_000
    expect(await judged(port, Date.now())).toBe('down')
    expect(await judged(port, Date.now() + 7 * DAY_MS)).toBe('up')
    // No answer is no expired certificate.
    expect(await judged(1, Date.now())).toBe('down')
  })

  it('is down when nothing listens, or when no TLS is spoken', async () => {
    const { port } = await tcpServer((socket) => socket.end('hello\r\n'))
    expect(await seenBy(tlsProbe, { host: '127.0.0.1', port: 1 })).toMatchObject({
      connected: false,
      error: 'ECONNREFUSED',
    })
    expect(await seenBy(tlsProbe, { host: '127.0.0.1', port })).toMatchObject({ connected: false, authorized: false })
  })

  it('ends at its signal when the handshake is never answered', async () => {
    const { port } = await tcpServer(() => {})
    const signal = AbortSignal.timeout(150)
    await expect(lookOnce(tlsProbe, { host: '127.0.0.1', port }, { signal })).rejects.toThrow()
  })
})
