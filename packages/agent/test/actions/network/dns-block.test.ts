import { describe, expect, it } from 'vitest'
import { dnsBlock } from '../../../src/actions/network/dns-block.ts'
import type { FilterUndo } from '../../../src/actions/network/filter.ts'
import { said } from '../../fixtures/said.ts'
import { inject, prepare, stage } from '../support.ts'

const params = { name: 'erp.example.test' }
const resolving = { 'etc/hosts': '192.0.2.1 erp.example.test\n198.51.100.9 chaos.example.test\n' }

describe('dns.block', () => {
  it('stops questions to every name server, and lets them through again', async () => {
    const { context } = await stage(resolving)
    const failure = await inject(dnsBlock, context, params)
    expect((failure.undo as FilterUndo).wall).toMatchObject({
      ...{ addresses: ['0.0.0.0/0', '::/0'], ports: [53, 853], protocols: ['tcp', 'udp'], directions: ['out'] },
    })
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
  })

  it('stops only the servers that are named, and asks the policy for them', async () => {
    const { context } = await stage(resolving)
    const given = { ...params, servers: ['192.0.2.53', '2001:db8::53'] }
    const undo = (await prepare(dnsBlock, context, given)) as FilterUndo
    expect(undo.wall.addresses).toEqual(['192.0.2.53', '2001:db8::53'])
    expect(dnsBlock.asks(dnsBlock.params.parse(given)).map(({ value }) => value)).toEqual([
      ...given.servers,
      'erp.example.test',
    ])
    expect(dnsBlock.asks(dnsBlock.params.parse(params))).toEqual([
      { kind: 'port', value: '53' },
      { kind: 'port', value: '853' },
      { kind: 'lookup', value: 'erp.example.test', look: true },
    ])
  })

  it('empties the caches when it begins and when it ends, so that both show at once', async () => {
    const { host, context } = await stage(resolving)
    let flushed = 0
    const flush = async () => {
      flushed += 1
      return []
    }
    const seeing = { ...context, host: { ...host, resolver: { ...host.resolver, flush } } }
    const failure = await inject(dnsBlock, seeing, params)
    expect(flushed).toBe(1)
    await failure.revert()
    expect(flushed).toBe(2)
  })

  it('is seen by a look-up on this host', async () => {
    const { context } = await stage(resolving)
    const undo = await prepare(dnsBlock, context, params)
    const seen = { probe: 'dns', params: { ...params, withinMs: 3000 }, expect: 'down' }
    expect(dnsBlock.effect(dnsBlock.params.parse(params), undo)).toEqual(seen)
  })

  it('is refused for a name that does not resolve: its loss would not be seen', async () => {
    const { context } = await stage({ 'etc/hosts': '' })
    await expect(prepare(dnsBlock, context, params)).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it.each(['127.0.0.53', '::1'])(
    'is refused for the server %s on this host, with what to do instead',
    async (server) => {
      const { context } = await stage(resolving)
      await expect(prepare(dnsBlock, context, { ...params, servers: [server] })).rejects.toThrow(
        /the servers that it asks/,
      )
    },
  )

  it('says what still resolves, and what a lost link would meet', async () => {
    const own = { paths: [], names: ['chaos.example.test'], links: [{ host: 'chaos.example.test', port: 443 }] }
    const { context } = await stage(resolving, { own })
    const text = said(dnsBlock, params, await prepare(dnsBlock, context, params)).join(' ')
    expect(text).toMatch(/hosts file still resolve/)
    expect(text).toMatch(/its name may not resolve either/)
  })

  it('two at once on one host are refused by what they touch', () => {
    expect(dnsBlock.touches(dnsBlock.params.parse(params))).toEqual(['network:dns'])
  })
})
