import { describe, expect, test } from 'vitest'
import { serviceStop } from '../../src/actions/service/stop.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { SimulatedHost } from '../../src/host/simulated/index.ts'
import type { SimulatedService } from '../../src/host/simulated/services.ts'
import { stage } from '../actions/support.ts'
import { toyWorld } from '../fixtures/toy-engine.ts'

type Meanwhile = (host: SimulatedHost) => unknown

/** A host with a service `nginx` that is stopped, and whatever else runs on it. */
async function world(services: Readonly<Record<string, SimulatedService>>) {
  const { host } = await stage({}, { services: { nginx: {}, ...services } })
  const { engine, request, deps } = toyWorld({}, { host, actions: [serviceStop] })
  const inject = () => engine.inject(request({ action: 'service.stop', params: { service: 'nginx' } }))
  return { host, engine, inject, deps }
}

async function drill(services: Readonly<Record<string, SimulatedService>>, meanwhile: Meanwhile) {
  const { host, engine, inject } = await world(services)
  await inject()
  await meanwhile(host)
  return { host, engine, outcome: await only(engine) }
}

async function only(engine: Engine, cause: 'hold ended' | 'by hand' = 'hold ended') {
  const [outcome] = await engine.revert({}, cause)
  if (outcome === undefined) throw new Error('nothing was rolled back')
  return outcome
}

const others = ({ compared }: Awaited<ReturnType<typeof only>>) =>
  compared.find(({ item }) => item === 'other units of the host')

describe('the other units of the host', () => {
  test('are compared, and nothing is said of them while they run', async () => {
    const { outcome } = await drill({ cron: {}, idle: { activeState: 'inactive' } }, () => undefined)
    expect(outcome).toMatchObject({ restoration: 'identical', kept: [] })
    expect(others(outcome)).toMatchObject({ before: '2 active', now: '2 active', same: true })
  })

  test('one that failed meanwhile is named and not started, and the host is not called identical', async () => {
    const { outcome, host } = await drill({ app: {} }, ({ services }) =>
      services.set('app', { activeState: 'failed', became: 'failed' }),
    )
    expect(outcome.restoration).toBe('unknown')
    expect(outcome.byHand).toContain('app.service')
    expect(others(outcome)).toMatchObject({ now: 'not active: app.service', same: false })
    expect((await host.services.state('app')).activeState).toBe('failed')
  })

  test('once a person has started it, the host is identical', async () => {
    const { engine, host } = await drill({ app: {} }, ({ services }) =>
      services.set('app', { activeState: 'failed', became: 'failed' }),
    )
    await host.services.start('app', 1000)
    expect((await only(engine, 'by hand')).restoration).toBe('identical')
  })

  test('a person confirms by hand that it stays down, and its name is kept', async () => {
    const { engine } = await drill({ app: {} }, ({ services }) =>
      services.set('app', { activeState: 'failed', became: 'failed' }),
    )
    expect(await only(engine, 'by hand')).toMatchObject({
      restoration: 'ours undone',
      kept: expect.arrayContaining([expect.stringContaining('app.service failed')]),
    })
  })

  test('one that somebody stopped meanwhile is named, and left stopped', async () => {
    const { outcome, host } = await drill({ app: {} }, ({ services }) => services.stop('app', 1000))
    expect(outcome).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('app.service')] })
    expect((await host.services.state('app')).activeState).toBe('inactive')
  })

  test('one that the manager starts again by itself needs nobody, and the host is not called identical', async () => {
    const { outcome } = await drill({ app: {} }, ({ services }) =>
      services.set('app', { activeState: 'activating', became: 'starting' }),
    )
    expect(outcome).toMatchObject({
      restoration: 'ours undone',
      kept: [expect.stringContaining('is starting it again')],
    })
  })

  test.each(['ended', 'removed'] as const)(
    'one that %s as units of its kind do is no difference, and not started',
    async (became) => {
      const { outcome, host } = await drill({ report: { type: 'oneshot' } }, ({ services }) =>
        services.set('report', { activeState: 'inactive', became }),
      )
      expect(outcome).toMatchObject({ restoration: 'identical', kept: [] })
      expect(others(outcome)).toMatchObject({
        same: true,
        now: expect.stringContaining('1 of them ended or were removed'),
      })
      expect((await host.services.state('report')).activeState).toBe('inactive')
    },
  )

  test('that a stop outside of the plan took with it run again, and the inject is refused with their names', async () => {
    const { host, engine, inject } = await world({ beside: {} })
    host.services.set('nginx', { alsoStops: ['beside.service'] })
    await expect(inject()).rejects.toThrow(/would also stop beside\.service.*Rolled back: identical/)
    expect((await host.services.state('beside')).activeState).toBe('active')
    expect((await engine.standings()).records).toEqual([])
  })

  test('are not compared after a reboot: the boot decides what runs', async () => {
    const { host, inject, deps } = await world({ app: {} })
    await inject()
    await host.services.stop('app', 1000)
    const rebooted = { ...host, clock: { ...host.clock, bootId: '00000000-0000-4000-8000-00000000b007' } }
    const after = toyWorld({}, { ...deps, host: rebooted })
    expect(others(await only(after.engine))).toBeUndefined()
  })
})
