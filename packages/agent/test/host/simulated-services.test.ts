import { describe, expect, it } from 'vitest'
import { simulatedServices } from '../../src/host/simulated/services.ts'
import { reloadContract } from './reload.contract.ts'

reloadContract('the simulation', async () => {
  let reloads = 0
  const onReload = () => {
    reloads += 1
  }
  const services = simulatedServices({
    able: { canReload: true, onReload },
    unable: {},
    idle: { canReload: true, activeState: 'inactive', onReload },
  })
  return { services, reloads: () => reloads }
})

describe('simulated services', () => {
  it('run by default, under their full name', async () => {
    const services = simulatedServices({ nginx: {}, 'cups.socket': { subState: 'listening' } })
    expect(await services.state('nginx')).toMatchObject({
      name: 'nginx.service',
      activeState: 'active',
      loadState: 'loaded',
    })
    expect(await services.state('cups.socket')).toMatchObject({ subState: 'listening' })
    expect(await services.state('nope')).toMatchObject({ loadState: 'not-found', activeState: 'inactive' })
  })

  it('get a new identity with each start, and keep it when they run already', async () => {
    const services = simulatedServices({ nginx: {} })
    const first = await services.state('nginx')
    await services.start('nginx', 1000)
    expect((await services.state('nginx')).startId).toBe(first.startId)
    await services.stop('nginx', 1000)
    await services.start('nginx', 1000)
    expect((await services.state('nginx')).startId).not.toBe(first.startId)
  })

  it('stop with what they need, and only running ones are dependents', async () => {
    const services = simulatedServices({ db: { dependents: ['app.service'] }, app: {} })
    expect((await services.state('db')).dependents).toEqual(['app.service'])
    await services.stop('db', 1000)
    expect((await services.state('app')).activeState).toBe('inactive')
    expect((await services.state('db')).dependents).toEqual([])
  })

  it('hang, fail and can be killed', async () => {
    const services = simulatedServices({ a: { hangsOnStop: true }, b: { failsToStart: true, activeState: 'inactive' } })
    await expect(services.stop('a', 1000)).rejects.toMatchObject({ code: 'timed-out' })
    await expect(services.start('a', 1000)).rejects.toMatchObject({ code: 'timed-out' })
    await services.kill('a')
    await services.start('a', 1000)
    await expect(services.start('b', 1000)).rejects.toMatchObject({ code: 'tool-failed' })
    await expect(services.stop('nope', 1000)).rejects.toMatchObject({ code: 'not-there' })
  })

  it('fail to reload as they are said to', async () => {
    const onReload = () => Promise.reject(new Error('the key does not fit'))
    const services = simulatedServices({ a: { canReload: true, onReload } })
    await expect(services.reload('a', 1000)).rejects.toThrow('the key does not fit')
    expect((await services.state('a')).activeState).toBe('active')
    expect(await services.state('a')).not.toHaveProperty('onReload')
  })
})
