import { describe, expect, it } from 'vitest'
import { interfaceDown } from '../../../src/actions/interface/down.ts'
import type { SimulatedInterface } from '../../../src/host/simulated/network.ts'
import { said } from '../../fixtures/said.ts'
import { inject, prepare, stage } from '../support.ts'

const machine = { host: '203.0.113.9', port: 9100 }
const params = { interface: 'lan1', reaches: machine }
const address = 'inet 203.0.113.1/24 scope global'
const route = '{"dst":"198.18.0.0/15","family":"inet","gateway":"203.0.113.2"}'
const lan: SimulatedInterface = { name: 'lan1', addresses: [address], routes: [route], leadsTo: [machine.host] }
const office: SimulatedInterface = { name: 'eth0', addresses: ['inet 10.0.0.7/24 scope global'], leadsTo: ['10.0.0.1'] }
const loopback: SimulatedInterface = { name: 'lo', loopback: true, addresses: ['inet 127.0.0.1/8 scope host'] }

const scene = (change: Partial<SimulatedInterface> = {}, more: readonly SimulatedInterface[] = []) =>
  stage({}, { interfaces: [loopback, office, { ...lan, ...change }, ...more] })

/** What somebody does during the hold, and what came of rolling back. */
async function conflict(change: Partial<SimulatedInterface> | null) {
  const { host, context } = await scene()
  const failure = await inject(interfaceDown, context, params)
  host.network.set('lan1', change)
  return { host, standing: await failure.standing(), reverted: await failure.revert() }
}

describe('interface.down', () => {
  it.each([false, true])(
    'switches off, and on again with all it had (routes lost for good: %s)',
    async (losesRoutes) => {
      const { host, context } = await scene({ losesRoutes })
      const before = await host.network.now('lan1')
      const failure = await inject(interfaceDown, context, params)
      expect((await host.network.list()).find(({ name }) => name === 'lan1')?.up).toBe(false)
      expect(await failure.standing()).toBe('after')
      expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
      expect(await host.network.now('lan1')).toEqual(before)
      expect(await failure.standing()).toBe('before')
      expect((await failure.revert()).restoration).toBe('identical')
    },
  )

  it('changes nothing when it is reverted although it was never started', async () => {
    const { host, context } = await scene()
    const before = await host.network.now('lan1')
    const undo = await prepare(interfaceDown, context, params)
    expect((await interfaceDown.revert(context, undo)).restoration).toBe('identical')
    expect(await host.network.now('lan1')).toEqual(before)
  })

  it('is seen at a machine behind it, and asks the policy for the interface', async () => {
    const { context } = await scene()
    const parsed = interfaceDown.params.parse(params)
    const undo = await prepare(interfaceDown, context, params)
    expect(interfaceDown.effect(parsed, undo)).toEqual({
      ...{ probe: 'tcp', params: { ...machine, withinMs: 2000 }, expect: 'down' },
    })
    expect(interfaceDown.asks(parsed)).toEqual([
      { kind: 'interface', value: 'lan1' },
      { kind: 'address', value: '203.0.113.9', look: true },
    ])
    expect(said(interfaceDown, parsed, undo).join(' ')).toMatch(/203\.0\.113\.1\/24 and 1 route\./)
  })

  it('is refused for the interface that carries the link to the controller, whatever the policy says', async () => {
    const own = { paths: [], names: [], links: [{ host: machine.host, port: 443 }] }
    const { context } = await stage({}, { own, interfaces: [loopback, office, lan] })
    await expect(prepare(interfaceDown, context, params)).rejects.toMatchObject({
      ...{ code: 'policy-refused', rule: 'built-in: the link to the controller' },
    })
  })

  it('is refused for the last way into the host', async () => {
    const { context } = await stage({}, { interfaces: [loopback, lan, { ...office, up: false }] })
    await expect(prepare(interfaceDown, context, params)).rejects.toMatchObject({ rule: 'built-in: the last way in' })
  })

  it.each([
    ['loopback', { interface: 'lo', reaches: machine }, {}, [], 'policy-refused'],
    ['one that is off', params, { up: false }, [], 'wrong-state'],
    ['a part of a bridge', params, { master: 'br0' }, [], 'cannot-restore'],
    ['one that a VLAN stands on', params, {}, [{ name: 'lan1.7', on: 'lan1' }], 'cannot-restore'],
    ['one that is not there', { ...params, interface: 'lan9' }, {}, [], 'not-there'],
    ['one that the machine is not reached by', params, { leadsTo: [] }, [], 'wrong-state'],
  ] as const)('is refused for %s', async (_what, given, change, more, code) => {
    const { context } = await scene(change, more)
    await expect(prepare(interfaceDown, context, given)).rejects.toMatchObject({ code })
  })

  it.each(['-a', '', 'eth0 up', 'averyverylongname', '../x'])('takes no interface "%s"', (name) => {
    expect(interfaceDown.params.safeParse({ ...params, interface: name }).success).toBe(false)
  })
})

describe('interface.down, while somebody else changes it', () => {
  it('leaves an interface on that an administrator switched on', async () => {
    const { standing, reverted } = await conflict({ up: true, routes: [route] })
    expect(standing).toBe('before')
    expect(reverted).toMatchObject({
      restoration: 'identical',
      kept: [expect.stringMatching(/switched on by somebody/)],
    })
  })

  it('sets the routes again that was not restored with it', async () => {
    const { host, reverted } = await conflict({ up: true })
    expect(reverted.restoration).toBe('identical')
    expect((await host.network.now('lan1')).routes).toEqual([route])
  })

  it('keeps an address that was added, and one that was taken away', async () => {
    const other = 'inet 203.0.113.77/24 scope global'
    const { host, reverted } = await conflict({ addresses: [address, other] })
    expect(reverted.restoration).toBe('ours undone')
    expect((await host.network.now('lan1')).addresses).toEqual([address, other])
  })

  it('leaves alone what took its name, and says so', async () => {
    const { host, standing, reverted } = await conflict({ index: 99 })
    expect(standing).toBe('conflict')
    expect(reverted.restoration).toBe('ours undone')
    expect((await host.network.list()).find(({ name }) => name === 'lan1')?.up).toBe(false)
  })

  it('says that it is gone', async () => {
    const { reverted } = await conflict(null)
    expect(reverted).toMatchObject({
      restoration: 'ours undone',
      kept: [expect.stringMatching(/taken out of this host/)],
    })
  })

  it('has what a restart gave it, and does not call that the work of a person', async () => {
    const { host, context } = await scene()
    const { undo } = await inject(interfaceDown, context, params)
    host.network.set('lan1', { up: true, index: 7, addresses: [address], routes: [] })
    const after = {
      ...context,
      host: { ...host, clock: { ...host.clock, bootId: 'another' } },
      signal: AbortSignal.abort(),
    }
    expect(await interfaceDown.revert(after, undo)).toMatchObject({
      ...{ restoration: 'ours undone', kept: [expect.stringMatching(/restarted meanwhile/)] },
    })
    expect((await host.network.now('lan1')).routes).toEqual([])
    host.network.set('lan1', { routes: [route] })
    expect(await interfaceDown.revert(after, undo)).toMatchObject({ restoration: 'identical', kept: [] })
  })
})
