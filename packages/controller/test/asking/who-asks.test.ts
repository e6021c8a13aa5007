import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { whoAsks } from '../../src/asking/who-asks.ts'

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

describe('who is asking', () => {
  test.each([
    ['nobody is trusted: the header says nothing', [], '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    ['a trusted proxy: the last address that it added', ['loopback'], '127.0.0.1', '6.6.6.6, 192.0.2.9', '192.0.2.9'],
    ['a stranger who claims to be a proxy', ['loopback'], '198.51.100.1', '192.0.2.9', '198.51.100.1'],
    ['two proxies in a row', ['loopback', '10.0.0.0/8'], '127.0.0.1', '192.0.2.9, 10.1.1.1', '192.0.2.9'],
    ['a proxy of IPv6, seen through a mapped address', ['10.0.0.7'], '::ffff:10.0.0.7', '2001:db8::5', '2001:db8::5'],
    ['a proxy that adds nothing', ['loopback'], '127.0.0.1', undefined, '127.0.0.1'],
  ])('%s', (_, proxies, remote, forwarded, expected) => {
    expect(whoAsks(proxies)(request(remote, forwarded)).address).toBe(expected)
  })

  test('what a proxy passes on that is no address, and a socket that is gone, are the unknown network', () => {
    const asks = whoAsks(['loopback'])
    expect(asks(request('127.0.0.1', 'rubbish')).network).toBe('unknown')
    expect(asks(request(undefined)).network).toBe('unknown')
  })

  test.each([['nonsense'], ['10.0.0.0/99'], ['example.test']])(
    '"%s" is refused as a proxy, with a sentence',
    (given) => {
      expect(() => whoAsks([given])).toThrow(/--trust-proxy takes an address.*given: /)
    },
  )
})
