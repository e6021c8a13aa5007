import { describe, expect, it } from 'vitest'
import { linkEnds } from '../../src/link/link-ends.ts'

describe('the machines that the link leads to', () => {
  it.each([
    ['https://chaos.example.test', [{ host: 'chaos.example.test', port: 443 }]],
    ['wss://chaos.example.test:8443', [{ host: 'chaos.example.test', port: 8443 }]],
    ['http://127.0.0.1:8321', [{ host: '127.0.0.1', port: 8321 }]],
    ['https://[2001:db8::1]:8443', [{ host: '2001:db8::1', port: 8443 }]],
  ])('for %s are known', (url, ends) => {
    expect(linkEnds(url, {})).toEqual(ends)
  })

  it('are the proxy as well, where one is on the way', () => {
    const environment = { HTTPS_PROXY: 'http://proxy.example.test:3128' }
    expect(linkEnds('https://chaos.example.test', environment)).toEqual([
      { host: 'chaos.example.test', port: 443 },
      { host: 'proxy.example.test', port: 3128 },
    ])
    expect(linkEnds('https://chaos.example.test', { ...environment, NO_PROXY: '.example.test' })).toHaveLength(1)
    expect(linkEnds('http://127.0.0.1:8321', { HTTP_PROXY: 'http://proxy.example.test' })).toHaveLength(1)
  })

  it.each(['', 'nonsense', 'ftp://x', 'http://chaos.example.test'])('of "%s" are none: it is no controller', (url) => {
    expect(linkEnds(url, {})).toEqual([])
  })
})
