import { ChaosError } from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import type { Host } from '../../../src/host/host.ts'
import { nftables } from '../../../src/host/linux/packet-filter/index.ts'
import { judged, parseListing } from '../../../src/host/linux/packet-filter/listing.ts'
import { adding, tableOf } from '../../../src/host/linux/packet-filter/ruleset.ts'
import type { FilterTable } from '../../../src/host/packet-filter.ts'
import { hasOwnNetwork, ownNetwork } from '../../fixtures/own-network.ts'

const table: FilterTable = {
  name: 'chaos_lite_01k',
  addresses: ['192.0.2.0/24', '198.51.100.7', '2001:db8::/32'],
  except: ['192.0.2.8/29'],
  ports: [443, 8443],
  protocols: ['tcp', 'udp'],
  directions: ['out', 'in'],
  admit: {
    links: [
      { address: '192.0.2.1', port: 8443 },
      { address: '2001:db8::1', port: 443 },
    ],
    sshPorts: [22, 2222],
  },
}
const everything: FilterTable = {
  ...table,
  addresses: ['0.0.0.0/0', '::/0'],
  except: [],
  ports: [],
  directions: ['out'],
}
const hourMs = 3_600_000

describe('the rules of a table', () => {
  it('let loopback, controller, SSH, DHCP and neighbours through before anything is stopped', () => {
    for (const chain of ['out', 'in']) {
      const verdicts = tableOf(table)
        .rules.filter((rule) => rule.chain === chain)
        .map(({ verdict }) => verdict)
      expect(verdicts).toEqual([...Array(7).fill('accept'), ...Array(4).fill('drop')])
    }
  })

  it('take what is excepted out of what is stopped, at each end by itself', () => {
    const { rules } = tableOf({ ...table, addresses: ['0.0.0.0/0'], ports: [], directions: ['through'] })
    const drops = rules.filter(({ verdict }) => verdict === 'drop')
    expect(drops.map(({ expr }) => expr.length)).toEqual([3, 3])
    expect(JSON.stringify(drops[1])).toMatch(/saddr.*@blocked4.*!=.*saddr.*@except4/)
  })

  it('stop what is forwarded in both ways, but not the way of other hosts to the controller', () => {
    const rules = tableOf({ ...table, ports: [], except: [], directions: ['through'] }).rules
    expect(rules.map(({ verdict }) => verdict)).toEqual([...Array(4).fill('accept'), ...Array(4).fill('drop')])
  })

  it('stop everything of the addresses where no port is named', () => {
    const drops = tableOf(everything).rules.filter(({ verdict }) => verdict === 'drop')
    expect(drops.map(({ expr }) => expr.length)).toEqual([2, 2])
  })

  it('are made in one transaction that fails where the name is taken', () => {
    const { nftables: commands } = adding(tableOf(table), hourMs) as { nftables: object[] }
    expect(commands[0]).toEqual({ create: { table: { family: 'inet', name: 'chaos_lite_01k' } } })
    expect(JSON.stringify(commands)).toContain('"timeout":3600')
  })

  it('never carry a time-out of nothing, which would last for ever', () => {
    expect(JSON.stringify(adding(tableOf(table), -5))).toContain('"timeout":1')
  })
})

describe('a listing of nft', () => {
  it('is understood, or refused in words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          judged(tableOf(table), parseListing(text))
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ChaosError)
        }
      }),
    )
  })

  it('of another table is no table of ours', () => {
    const listed = parseListing('{"nftables":[{"chain":{"name":"forward","hook":"forward"}},{"map":{"name":"m"}}]}')
    expect(judged(tableOf(table), listed)).toEqual({
      state: 'changed',
      stops: false,
      foreign: ['chain forward', 'a map'],
    })
  })
})

describe.runIf(hasOwnNetwork)('a table in the kernel', () => {
  const ask = { timeoutMs: 5_000 }
  const nft = async (inside: Host['run'], ...args: string[]) => {
    const done = await inside(['nft', ...args], ask)
    if (done.code !== 0) throw new Error(done.stderr)
    return done.stdout
  }
  const scene = async () => {
    const inside = await ownNetwork()
    await nft(
      inside,
      'add table inet theirs { chain c { type filter hook output priority 5; policy accept; tcp dport 25 drop; }; }',
    )
    return { inside, filter: nftables(inside), before: await nft(inside, 'list', 'ruleset') }
  }
  const raised = async (what: FilterTable = table) => {
    const made = await scene()
    await made.filter.add(what, hourMs)
    expect(await made.filter.standing(what)).toEqual({ state: 'whole', stops: true, foreign: [] })
    return made
  }

  it.each([
    ['by port', table],
    ['of everything', everything],
    ['of what comes in', { ...table, directions: ['in'], protocols: ['udp'] }],
    ['of what is forwarded', { ...everything, directions: ['out', 'in', 'through'] }],
    ['of one address', { ...table, addresses: ['192.0.2.7'], except: [], ports: [] }],
  ] as [string, FilterTable][])('%s is added and removed, and the rest is as before', async (_, what) => {
    const { inside, filter, before } = await raised(what)
    await filter.remove(what)
    expect(await filter.standing(what)).toEqual({ state: 'absent', stops: false, foreign: [] })
    expect(await nft(inside, 'list', 'ruleset')).toBe(before)
    await filter.remove(what)
    expect(await nft(inside, 'list', 'ruleset')).toBe(before)
  })

  it('is not there before, and is never raised over another', async () => {
    const { inside, filter } = await scene()
    expect((await filter.standing(table)).state).toBe('absent')
    await nft(inside, 'add', 'table', 'inet', table.name)
    await expect(filter.add(table, hourMs)).rejects.toThrow(/nft refused/)
    expect(await nft(inside, 'list', 'table', 'inet', table.name)).not.toContain('chain')
  })

  it('is gone when somebody flushes the firewall', async () => {
    const { inside, filter } = await raised()
    await nft(inside, 'flush', 'ruleset')
    expect((await filter.standing(table)).state).toBe('absent')
    await filter.remove(table)
    expect(await nft(inside, 'list', 'ruleset')).toBe('')
  })

  it('leaves the rules that somebody else wrote into it, and stops nothing any more', async () => {
    const { inside, filter } = await raised()
    await nft(inside, `insert rule inet ${table.name} out tcp dport 25 drop comment "by hand"`)
    const standing = await filter.standing(table)
    expect(standing).toMatchObject({
      state: 'changed',
      stops: true,
      foreign: [expect.stringMatching(/^rule \d+ of chain out$/)],
    })
    await filter.remove(table)
    const left = await nft(inside, 'list', 'table', 'inet', table.name)
    expect(left).toContain('by hand')
    expect(left).not.toContain(`"${table.name} `)
    expect(left).not.toContain('192.0.2.0/24')
    expect(await filter.standing(table)).toMatchObject({ state: 'changed', foreign: [expect.anything()] })
  })

  it('keeps an address that somebody else put into one of its sets', async () => {
    const { inside, filter } = await raised()
    await nft(inside, `add element inet ${table.name} blocked4 { 203.0.113.9 }`)
    expect((await filter.standing(table)).foreign).toEqual(['203.0.113.9 in set blocked4'])
    await filter.remove(table)
    expect(await nft(inside, 'list', 'table', 'inet', table.name)).toContain('203.0.113.9')
  })

  it('is changed when one of its rules is gone, and all the rest of it goes', async () => {
    const { inside, filter, before } = await raised()
    const listing = await nft(inside, '-a', 'list', 'chain', 'inet', table.name, 'out')
    const handle = /drop comment .*# handle (\d+)/.exec(listing)?.[1] ?? ''
    await nft(inside, 'delete', 'rule', 'inet', table.name, 'out', 'handle', handle)
    expect(await filter.standing(table)).toEqual({ state: 'changed', stops: false, foreign: [] })
    await filter.remove(table)
    expect(await nft(inside, 'list', 'ruleset')).toBe(before)
  })

  it('is lifted by the kernel itself when its time is over, whoever else runs', async () => {
    const { filter } = await scene()
    await filter.add(everything, 1_000)
    await eventually(async () => expect((await filter.standing(everything)).state).toBe('lifted'))
    await filter.remove(everything)
    expect((await filter.standing(everything)).state).toBe('absent')
  })

  it('stops what it names, and nothing within the host', async () => {
    const { inside, filter } = await scene()
    const tried = async (address: string) => {
      const { stdout } = await inside([process.execPath, '-e', knock, address, '443'], ask)
      return stdout.trim()
    }
    await inside(['ip', 'address', 'add', '192.0.2.50/24', 'dev', 'lo'], ask)
    await inside(['ip', 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1'], ask)
    await inside(['ip', 'address', 'add', '198.51.100.1/24', 'dev', 'veth0'], ask)
    for (const link of ['veth0', 'veth1']) await inside(['ip', 'link', 'set', link, 'up'], ask)
    await inside(['ip', 'route', 'replace', 'unreachable', '198.51.100.7/32'], ask)
    expect(await tried('127.0.0.1')).toBe('ECONNREFUSED')
    await filter.add(everything, hourMs)
    expect(await tried('127.0.0.1')).toBe('ECONNREFUSED')
    expect(await tried('192.0.2.50')).toBe('ECONNREFUSED')
    expect(await tried('198.51.100.9')).toBe('silence')
  })

  it('says in words what nft refuses', async () => {
    const filter = nftables(async () => ({ code: 1, signal: null, stdout: '', stderr: 'Operation not permitted\n' }))
    await expect(filter.standing(table)).rejects.toThrow(/nft refused: Operation not permitted/)
    await expect(filter.add(table, hourMs)).rejects.toThrow(/Operation not permitted/)
  })
})

/** Answers with the system's error, or with `silence` when nothing comes back for a while. */
const knock = `
const socket = require('node:net').connect({ host: process.argv[1], port: Number(process.argv[2]) })
socket.setTimeout(700, () => { console.log('silence'); process.exit() })
socket.on('error', ({ code }) => { console.log(code); process.exit() })
`
