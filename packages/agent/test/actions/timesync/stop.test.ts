import { describe, expect, it } from 'vitest'
import { serviceStop } from '../../../src/actions/service/stop.ts'
import { timeServices } from '../../../src/actions/timesync/read.ts'
import { timesyncStop } from '../../../src/actions/timesync/stop.ts'
import type { SimulatedService } from '../../../src/host/simulated/services.ts'
import { said } from '../../fixtures/said.ts'
import { inject, prepare, stage } from '../support.ts'

const with_ = (services: Readonly<Record<string, SimulatedService>>) => stage({}, { services })

describe('timesync.stop', () => {
  it.each(timeServices)('stops %s where that is what runs, and starts it again', async (name) => {
    const { host, context } = await with_({ [name.replace('.service', '')]: {}, nginx: {} })
    const failure = await inject(timesyncStop, context, {})
    expect((await host.services.state(name)).activeState).toBe('inactive')
    expect((await host.services.state('nginx')).activeState).toBe('active')
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
    expect((await host.services.state(name)).activeState).toBe('active')
  })

  it('is reverted twice as well as once, and also when it was never started', async () => {
    const { host, context } = await with_({ chrony: {} })
    const { startId } = await host.services.state('chrony')
    const undo = await prepare(timesyncStop, context, {})
    for (const _ of [1, 2]) expect((await timesyncStop.revert(context, undo)).restoration).toBe('identical')
    expect((await host.services.state('chrony')).startId).toBe(startId)
  })

  it('leaves it down where an administrator masked it meanwhile', async () => {
    const { host, context } = await with_({ chrony: {} })
    const failure = await inject(timesyncStop, context, {})
    host.services.set('chrony', { enabledState: 'masked', loadState: 'masked' })
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await failure.standing()).toBe('conflict')
  })

  it('says whether the failure is still in place, as service.stop does', async () => {
    const { host, context } = await with_({ chrony: {} })
    const failure = await inject(timesyncStop, context, {})
    expect(await timesyncStop.stillInPlace?.(context, failure.undo)).toBe(true)
    await host.services.start('chrony', 1000)
    expect(await timesyncStop.stillInPlace?.(context, failure.undo)).toBe(false)
  })

  it('refuses where none runs, and where another one would go on', async () => {
    const { context } = await with_({ nginx: {}, chrony: { activeState: 'inactive' } })
    await expect(prepare(timesyncStop, context, {})).rejects.toMatchObject({ code: 'not-there' })
    const both = await with_({ chrony: {}, 'systemd-timesyncd': {} })
    await expect(prepare(timesyncStop, both.context, {})).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('opens no other part of the core of the system', async () => {
    const { context } = await with_({
      'systemd-timesyncd': { dependents: ['systemd-logind.service'] },
      'systemd-logind': {},
    })
    await expect(prepare(timesyncStop, context, {})).rejects.toMatchObject({ code: 'policy-refused' })
    await expect(prepare(serviceStop, context, { service: 'systemd-timesyncd' })).rejects.toMatchObject({
      code: 'policy-refused',
    })
  })

  it('is seen at the clock, and never shares a service with another failure', async () => {
    const { context } = await with_({ chrony: {} })
    const undo = await prepare(timesyncStop, context, {})
    expect(timesyncStop.effect({}, undo)).toEqual({ probe: 'clock', params: {}, expect: 'down' })
    for (const service of ['chrony', 'systemd-timesyncd', 'ntpd.service'])
      expect(timesyncStop.touches({})).toEqual(expect.arrayContaining([...serviceStop.touches({ service })]))
    expect(said(timesyncStop, {}, undo).join(' ')).toContain('chrony.service is stopped')
    expect(timesyncStop.byHand(undo, '/journal/x')[0]).toBe('systemctl start chrony.service')
    expect(timesyncStop.budgets(undo)).toEqual(serviceStop.budgets(undo))
  })
})
