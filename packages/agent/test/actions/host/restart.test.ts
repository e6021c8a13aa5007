import { describe, expect, it } from 'vitest'
import { hostRestart } from '../../../src/actions/host/restart.ts'
import { simulatedMachine } from '../../../src/host/simulated/machine.ts'
import { said } from '../../fixtures/said.ts'
import { RUN, toyWorld } from '../../fixtures/toy-engine.ts'
import { toyHost } from '../../fixtures/toy-host.ts'
import { inject, prepare, stage } from '../support.ts'

const services = { 'cron.service': 'active', 'nginx.service': 'active', 'old.service': 'inactive' }

async function scene() {
  const made = await stage({}, { bootId: 'boot-one' })
  for (const [name, state] of Object.entries(services)) made.host.machine.states.set(name, state)
  return made
}

type Scene = Awaited<ReturnType<typeof scene>>

/** The same host after it went down and came up again. */
function rebooted({ host, context }: Scene, states: Record<string, string> = services) {
  const { machine } = host
  machine.waiting.clear()
  machine.goingDown = false
  for (const [name, state] of Object.entries(states)) machine.states.set(name, state)
  return { ...context, host: { ...host, clock: { ...host.clock, bootId: 'boot-two' } } }
}

describe('host.restart', () => {
  it('is taken for done when the restart is certain to come, and rolled back by the next boot', async () => {
    const made = await scene()
    const failure = await inject(hostRestart, made.context, {})
    expect([...made.host.machine.waiting]).toEqual([made.context.recordId])
    expect(await failure.standing()).toBe('after')
    const after = rebooted(made)
    const reverted = await hostRestart.revert(after, failure.undo)
    expect(reverted).toMatchObject({ restoration: 'identical', kept: [] })
    expect(reverted.compared).toEqual([
      { item: 'the host is up (boot boot-one before, boot-two now)', before: 'up', now: 'up', same: true },
      { item: 'cron.service', before: 'active', now: 'active', same: true },
      { item: 'nginx.service', before: 'active', now: 'active', same: true },
    ])
    expect(await hostRestart.verify(after, failure.undo)).toBe('before')
    expect((await hostRestart.revert(after, failure.undo)).restoration).toBe('identical')
  })

  it('starts a service that ran before and did not come with the boot', async () => {
    const made = await scene()
    const { undo } = await inject(hostRestart, made.context, {})
    const after = rebooted(made, { 'nginx.service': 'inactive' })
    expect((await hostRestart.revert(after, undo)).restoration).toBe('identical')
    expect(made.host.machine.states.get('nginx.service')).toBe('active')
    expect(made.host.machine.states.get('old.service')).toBe('inactive')
  })

  it.each([['failed'], ['not-found']])('is not taken for rolled back while a service is %s', async (state) => {
    const made = await scene()
    const { undo } = await inject(hostRestart, made.context, {})
    const after = rebooted(made, { 'nginx.service': state })
    const { restoration, compared } = await hostRestart.revert(after, undo)
    expect(restoration).toBe('unknown')
    expect(compared.filter(({ same }) => !same)).toEqual([
      { item: 'nginx.service', before: 'active', now: state, same: false },
    ])
    expect(hostRestart.byHand(undo, '/r').join('\n')).toMatch(/cron\.service nginx\.service/)
  })

  it('is taken back while it is still to come', async () => {
    const made = await scene()
    const failure = await inject(hostRestart, made.context, {})
    expect(await failure.revert()).toMatchObject({ restoration: 'identical' })
    expect(made.host.machine.waiting.size).toBe(0)
    expect(await failure.standing()).toBe('before')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical' })
  })

  it('cannot be rolled back while the host goes down, and says so', async () => {
    const made = await scene()
    const { undo } = await inject(hostRestart, made.context, {})
    expect(await hostRestart.untilBoot?.(made.context, undo)).toBe(false)
    made.host.machine.goingDown = true
    expect(await hostRestart.untilBoot?.(made.context, undo)).toBe(true)
    await expect(hostRestart.revert(made.context, undo)).rejects.toMatchObject({ code: 'wrong-state' })
    expect(await hostRestart.untilBoot?.(rebooted(made), undo)).toBe(false)
  })

  it('says the same each time, whatever services come and go, and what it cannot do', async () => {
    const made = await scene()
    const first = await prepare(hostRestart, made.context, {})
    made.host.machine.states.set('new.service', 'active')
    const later = await prepare(hostRestart, made.context, {})
    expect(hostRestart.explain({}, later)).toEqual(hostRestart.explain({}, first))
    expect(said(hostRestart, {}, first).join(' ')).toMatch(/within 5m.*a person has to go there/s)
    expect(hostRestart.effect({}, await prepare(hostRestart, made.context, {}))).toBeNull()
  })

  it('gives the host as long as was asked', async () => {
    const { context } = await scene()
    const undo = await prepare(hostRestart, context, { backWithin: '10m' })
    expect(hostRestart.budgets(undo).revertMs).toBe(630_000)
    expect(hostRestart.params.safeParse({ backWithin: 'soon' }).success).toBe(false)
  })

  it('is refused while packages are being installed', async () => {
    const { host, context } = await scene()
    host.machine.block = 'dpkg is at work.'
    const refused = prepare(hostRestart, context, {})
    await expect(refused).rejects.toMatchObject({ code: 'wrong-state', message: expect.stringContaining('dpkg') })
  })

  it.each(['localhost', '127.0.0.1', '::1'])('is refused on the host of the controller (%s)', async (name) => {
    const { context, host } = await scene()
    const own = { ...context, host: { ...host, own: { paths: [], names: [name] } } }
    await expect(prepare(hostRestart, own, {})).rejects.toMatchObject({ rule: 'built-in: the link to the controller' })
  })
})

describe('the journal over a restart', () => {
  /** Two engines on one disk: before the boot, and after it. */
  function twoBoots() {
    const machine = simulatedMachine()
    machine.states.set('nginx.service', 'active')
    const first = { ...toyHost(), machine, own: { paths: [], names: [] } }
    const world = toyWorld({}, { host: first, actions: [hostRestart] })
    const second = { ...first, clock: { ...first.clock, bootId: 'another-boot' } }
    return { ...world, machine, after: () => world.another({}, { host: second, actions: [hostRestart] }) }
  }
  const order = { action: 'host.restart', params: {}, onLinkLoss: 'hold' } as const

  it('keeps the record open while the host goes down, however it is asked, and rolls it back at the boot', async () => {
    const { engine, machine, request, events, after } = twoBoots()
    await engine.inject(request(order))
    machine.goingDown = true
    expect(await engine.shutdown('shutdown')).toEqual([])
    expect((await engine.standings()).records).toMatchObject([{ state: 'injected' }])
    machine.goingDown = false
    const next = after()
    expect(await next.recover('early')).toEqual([])
    expect(await next.recover()).toMatchObject([{ restoration: 'identical', action: 'host.restart' }])
    expect((await next.standings()).records).toEqual([])
    const types = events.map(({ type }) => type)
    expect(types).toEqual(['inject.armed', 'inject.begun', 'inject.injected', 'revert.begun', 'revert.ended'])
    expect(events[3]).toMatchObject({ cause: 'recovery', runId: RUN })
  })

  it('takes the restart back when the agent is stopped before it comes', async () => {
    const { engine, machine, request } = twoBoots()
    await engine.inject(request(order))
    expect(await engine.shutdown('shutdown')).toMatchObject([{ restoration: 'identical' }])
    expect(machine.waiting.size).toBe(0)
  })

  it('keeps the record stuck, for a person, when a service does not run again', async () => {
    const { engine, machine, request, after } = twoBoots()
    await engine.inject(request(order))
    machine.states.set('nginx.service', 'failed')
    const next = after()
    expect(await next.recover()).toMatchObject([{ restoration: 'unknown', byHand: expect.stringContaining('nginx') }])
    expect((await next.standings()).records).toMatchObject([{ state: 'stuck' }])
    machine.states.set('nginx.service', 'active')
    expect(await next.revert({}, 'by hand')).toMatchObject([{ restoration: 'identical' }])
  })
})
