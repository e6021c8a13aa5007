import { describe, expect, it } from 'vitest'
import { httpProbe } from '../../src/probes/http.ts'
import { judge } from '../../src/probes/judge.ts'
import { localHost, lookOnce, seenBy } from '../fixtures/local-host.ts'
import { certificate, secureWebServer, tcpServer, webServer } from '../fixtures/servers.ts'

const names = { 'erp.example.test': ['127.0.0.1'] }

describe('the http probe', () => {
  it('answers with the status, the peer and the time of every part', async () => {
    const { port } = await webServer((_request, response) => response.end('hello'))
    const seen = await seenBy(
      httpProbe,
      { url: `http://erp.example.test:${port}/health` },
      { host: localHost({ names }) },
    )
    expect(seen).toMatchObject({ answered: true, status: 200, peerAddress: '127.0.0.1', bodyBytes: 5, error: null })
    expect(seen).toMatchObject({ addressExpected: true, tlsMs: null })
    for (const part of ['dnsMs', 'connectMs', 'firstByteMs', 'totalMs']) expect(seen[part]).toBeGreaterThanOrEqual(0)
  })

  it('measures every part of a visit over TLS, each on a connection of its own', async () => {
    const authority = await certificate('erp.example.test')
    const { port, connections } = await secureWebServer(authority, (_request, response) => response.end())
    const host = localHost({ names })
    const params = { url: `https://erp.example.test:${port}/`, caFile: authority.caFile }
    for (let round = 1; round <= 2; round += 1) {
      const seen = await seenBy(httpProbe, params, { host })
      for (const part of ['dnsMs', 'connectMs', 'tlsMs', 'firstByteMs', 'totalMs'] as const)
        expect(seen[part], part).toEqual(expect.any(Number))
      const parts = ['dnsMs', 'connectMs', 'tlsMs', 'firstByteMs'].map((part) => Number(seen[part]))
      // Each part is rounded by itself.
      expect(parts.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(Number(seen.totalMs) + parts.length)
      expect(connections()).toBe(round)
    }
  })

  it('gives the time of the first byte to the server that kept it waiting, not to the network', async () => {
    const delayMs = 400
    const { port } = await webServer((_request, response) => void setTimeout(() => response.end(), delayMs))
    const seen = await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/` })
    // A timer may fire a millisecond early.
    expect(seen.firstByteMs).toBeGreaterThanOrEqual(delayMs - 2)
    expect(Number(seen.totalMs)).toBeGreaterThanOrEqual(Number(seen.firstByteMs))
  })

  it('knows no time of a part that did not take place', async () => {
    const { port } = await webServer((_request, response) => response.end())
    expect(await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/` })).toMatchObject({ dnsMs: null, tlsMs: null })
  })

  it('keeps what was measured before a visit failed', async () => {
    const authority = await certificate('erp.example.test')
    const { port } = await secureWebServer(authority, (_request, response) => response.end())
    const host = localHost({ names })
    const some = expect.any(Number)
    const untrusted = await seenBy(httpProbe, { url: `https://erp.example.test:${port}/` }, { host })
    expect(untrusted).toMatchObject({ dnsMs: some, connectMs: some, tlsMs: null, firstByteMs: null, totalMs: null })
    const closed = await seenBy(httpProbe, { url: 'http://erp.example.test:1/' }, { host })
    expect(closed).toMatchObject({ error: 'ECONNREFUSED', dnsMs: some, connectMs: null, tlsMs: null })
    const silent = await tcpServer((socket) => socket.once('data', () => socket.destroy()))
    const broken = await seenBy(httpProbe, { url: `http://erp.example.test:${silent.port}/` }, { host })
    expect(broken).toMatchObject({ answered: false, dnsMs: some, connectMs: some, firstByteMs: null, totalMs: null })
  })

  it('never returns a word of the answer', async () => {
    const { port } = await webServer((_request, response) => {
      response.setHeader('x-secret', 's3cret-header')
      response.end('s3cret-body')
    })
    expect(JSON.stringify(await lookOnce(httpProbe, { url: `http://127.0.0.1:${port}/` }))).not.toContain('s3cret')
  })

  it('connects anew for every sample, so that a failover is seen', async () => {
    const { port, connections } = await webServer((_request, response) => response.end())
    const host = localHost()
    for (let round = 0; round < 3; round += 1) await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/` }, { host })
    expect(connections()).toBe(3)
  })

  it('does not follow a redirect', async () => {
    const { port, connections } = await webServer((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' })
      response.end()
    })
    expect(await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 302 })
    expect(connections()).toBe(1)
  })

  it('stops reading a document that has no end', async () => {
    const { port } = await webServer((_request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', more)
      more()
    })
    expect(await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/` })).toMatchObject({
      status: 200,
      bodyBytes: 1_048_576,
    })
  })

  it('sends a HEAD when asked to, and the path with its query', async () => {
    const asked: string[] = []
    const { port } = await webServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end()
    })
    await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/a?b=c#d`, method: 'HEAD' })
    expect(asked).toEqual(['HEAD /a?b=c'])
  })

  it('is down, not silent, when nothing listens there', async () => {
    const { port } = await tcpServer(() => {})
    const seen = await lookOnce(httpProbe, { url: `http://127.0.0.1:1/` })
    expect(port).toBeGreaterThan(0)
    expect(seen).toMatchObject({ evaluated: true, value: { answered: false, status: null, error: 'ECONNREFUSED' } })
    expect(judge(seen, httpProbe.expect({ url: 'http://127.0.0.1:1/' })).status).toBe('down')
  })

  it('is down when the name does not resolve', async () => {
    const seen = await lookOnce(httpProbe, { url: 'http://nothing.invalid/' })
    expect(seen).toMatchObject({ evaluated: true, value: { answered: false, peerAddress: null } })
  })

  it('is down when the other side talks no HTTP', async () => {
    const { port } = await tcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    expect(await seenBy(httpProbe, { url: `http://127.0.0.1:${port}/` })).toMatchObject({
      answered: false,
      peerAddress: '127.0.0.1',
    })
  })

  it('ends at its signal when the other side says nothing', async () => {
    const { port } = await tcpServer(() => {})
    const signal = AbortSignal.timeout(150)
    await expect(lookOnce(httpProbe, { url: `http://127.0.0.1:${port}/` }, { signal })).rejects.toThrow()
  })

  it('reports whether the expected address answered', async () => {
    const { port } = await webServer((_request, response) => response.end())
    const url = `http://erp.example.test:${port}/`
    const host = localHost({ names })
    const right = await lookOnce(httpProbe, { url, expectAddress: '127.0.0.1' }, { host })
    const wrong = await lookOnce(httpProbe, { url, expectAddress: '127.0.0.2' }, { host })
    const expectation = httpProbe.expect({ url, expectAddress: '127.0.0.1' })
    expect(judge(right, expectation).status).toBe('up')
    expect(judge(wrong, expectation)).toMatchObject({
      status: 'down',
      message: 'addressExpected is false, expected true',
    })
  })

  it('tries the next address when the first refuses, as a browser does', async () => {
    const { port } = await webServer((_request, response) => response.end())
    const host = localHost({ names: { 'two.example.test': ['127.0.0.9', '127.0.0.1'] } })
    expect(await seenBy(httpProbe, { url: `http://two.example.test:${port}/` }, { host })).toMatchObject({
      peerAddress: '127.0.0.1',
    })
  })

  it('trusts a certificate of its own authority, and no other', async () => {
    const authority = await certificate('erp.example.test')
    const { port } = await secureWebServer(authority, (_request, response) => response.end())
    const url = `https://erp.example.test:${port}/`
    const host = localHost({ names })
    expect(await seenBy(httpProbe, { url, caFile: authority.caFile }, { host })).toMatchObject({ status: 200 })
    expect(await seenBy(httpProbe, { url }, { host })).toMatchObject({
      answered: false,
      error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })

  it('refuses a certificate for another name', async () => {
    const authority = await certificate('other.example.test')
    const { port } = await secureWebServer(authority, (_request, response) => response.end())
    const params = { url: `https://erp.example.test:${port}/`, caFile: authority.caFile }
    expect(await seenBy(httpProbe, params, { host: localHost({ names }) })).toMatchObject({
      answered: false,
      error: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  it('cannot say anything when its own authority file is not there', async () => {
    await expect(lookOnce(httpProbe, { url: 'https://127.0.0.1:1/', caFile: '/nowhere.pem' })).rejects.toThrow(
      /There is no \/nowhere.pem/,
    )
  })

  it.each([
    'ftp://a.test/',
    'http://user:pw@a.test/',
    'file:///etc/passwd',
    'a.test',
    '',
    `http://a.test/${'x'.repeat(1100)}`,
  ])('refuses the address %s', (url) => {
    expect(httpProbe.params.safeParse({ url }).success).toBe(false)
  })

  it('has no way to switch verification off', () => {
    expect(httpProbe.params.safeParse({ url: 'https://a.test/', insecure: true }).success).toBe(false)
  })
})
