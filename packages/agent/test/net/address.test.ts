import { expect, test } from 'vitest'
import { linkAddress } from '../../src/net/address.ts'

test.each([
  ['https://chaos.example.test', 'wss://chaos.example.test/agent', false],
  ['wss://chaos.example.test:8443', 'wss://chaos.example.test:8443/agent', false],
  ['https://example.test/chaos/', 'wss://example.test/chaos/agent', false],
  ['https://10.77.0.1:8321', 'wss://10.77.0.1:8321/agent', false],
  ['http://127.0.0.1:8321', 'ws://127.0.0.1:8321/agent', true],
  ['ws://127.9.9.9', 'ws://127.9.9.9/agent', true],
  ['ws://[::1]:8321', 'ws://[::1]:8321/agent', true],
  ['http://localhost:8321', 'ws://127.0.0.1:8321/agent', true],
  ['https://localhost:8321', 'wss://localhost:8321/agent', true],
])('%s is reached at %s', (given, url, loopback) => {
  expect(linkAddress(given)).toEqual({ url, loopback })
})

test.each([
  'ws://10.77.0.1:8321',
  'http://chaos.example.test',
  'ws://localhost.example.test',
  'http://127.0.0.1.example.test',
])('%s is refused: without TLS only this very machine may be reached', (given) => {
  expect(() => linkAddress(given)).toThrow('without TLS')
})

test.each(['', 'chaos.example.test', 'ftp://chaos.example.test', 'file:///etc/passwd', 'javascript:1'])(
  '%j is refused',
  (given) => {
    expect(() => linkAddress(given)).toThrow('Give it as https://name[:port]')
  },
)

test.each(['https://user:pass@c.example.test', 'https://c.example.test/?token=x', 'https://c.example.test/#x'])(
  '%s is refused: secrets do not belong into an address',
  (given) => {
    expect(() => linkAddress(given)).toThrow('must carry no')
  },
)
