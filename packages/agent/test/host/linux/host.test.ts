import { describe, expect, it } from 'vitest'
import { abilities } from '../../../src/host/index.ts'
import { linuxClock } from '../../../src/host/linux/clock.ts'
import { linuxHost } from '../../../src/host/linux/index.ts'
import { lookupInHosts } from '../../../src/host/simulated/resolver.ts'

const host = linuxHost({ own: { paths: [], names: [] }, env: {} })

describe('a Linux host', () => {
  it('answers for every capability, with a reason', async () => {
    const answers = await host.abilities()
    expect([...answers.keys()]).toEqual([...abilities])
    for (const { why } of answers.values()) expect(why).not.toBe('')
    expect(answers.get('files')?.has).toBe(true)
  })

  it('resolves names as its programs do', async () => {
    const addresses = await host.resolver.lookup('localhost', AbortSignal.timeout(120_000))
    expect(addresses.some((address) => ['127.0.0.1', '::1'].includes(address))).toBe(true)
    await expect(host.resolver.lookup('localhost', AbortSignal.abort())).rejects.toThrow()
  })

  it('has a clock that every process of this boot shares', () => {
    expect(host.clock.bootId).toMatch(/^[0-9a-f-]{36}$/)
    expect(host.clock.bootId).toBe(linuxClock().bootId)
    expect(host.clock.monoMs()).toBeLessThanOrEqual(host.clock.monoMs())
  })
})

describe('the resolver of a simulated host', () => {
  it('gives every address of a name, in the order of the file, as glibc does', () => {
    const text = '10.0.0.2 erp ERP.example.test # erp2\r\n10.0.0.1 erp\n'
    expect(lookupInHosts(text, 'ERP')).toEqual(['10.0.0.2', '10.0.0.1'])
    expect(() => lookupInHosts(text, 'erp2')).toThrow('ENOTFOUND')
  })
})
