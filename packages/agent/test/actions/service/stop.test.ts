import { describe, expect, it } from 'vitest'
import type { ServiceUndo } from '../../../src/actions/service/service-undo.ts'
import { serviceStop } from '../../../src/actions/service/stop.ts'
import type { SimulatedService } from '../../../src/host/simulated/services.ts'
import { said } from '../../fixtures/said.ts'
import { inject, prepare, stage } from '../support.ts'

const params = { service: 'nginx' }
const with_ = (services: Readonly<Record<string, SimulatedService>>) => stage({}, { services })
const states = async (
  host: { services: { state(name: string): Promise<{ activeState: string }> } },
  ...names: string[]
) => Promise.all(names.map(async (name) => (await host.services.state(name)).activeState))

describe('service.stop', () => {
  it('stops the service and starts it again', async () => {
    const { host, context } = await with_({ nginx: {} })
    const failure = await inject(serviceStop, context, params)
    expect(await states(host, 'nginx')).toEqual(['inactive'])
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await failure.standing()).toBe('before')
  })

  it('compares active, finer state and enabled of each unit', async () => {
    const { context } = await with_({ nginx: {} })
    const { compared } = await (await inject(serviceStop, context, params)).revert()
    expect(compared.map(({ item, before, now }) => [item, before, now])).toEqual([
      ['nginx.service active', 'active', 'active'],
      ['nginx.service state', 'running', 'running'],
      ['nginx.service enabled', 'enabled', 'enabled'],
    ])
  })

  it('stops the socket that would start it again, and brings the socket back first', async () => {
    const { host, context } = await with_({
      cups: { triggeredBy: ['cups.socket', 'cups.path'] },
      'cups.socket': { subState: 'listening' },
      'cups.path': { activeState: 'inactive' },
    })
    const failure = await inject(serviceStop, context, { service: 'cups' })
    expect(await states(host, 'cups', 'cups.socket')).toEqual(['inactive', 'inactive'])
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await states(host, 'cups', 'cups.socket', 'cups.path')).toEqual(['active', 'active', 'inactive'])
  })

  it('starts again what stopped with it', async () => {
    const { host, context } = await with_({
      db: { dependents: ['app.service', 'idle.service'] },
      app: {},
      idle: { activeState: 'inactive' },
    })
    const failure = await inject(serviceStop, context, { service: 'db' })
    expect(await states(host, 'db', 'app')).toEqual(['inactive', 'inactive'])
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await states(host, 'db', 'app', 'idle')).toEqual(['active', 'active', 'inactive'])
  })

  it('changes nothing when it is reverted although it was never started', async () => {
    const { host, context } = await with_({ nginx: {} })
    const before = await host.services.state('nginx')
    const undo = await prepare(serviceStop, context, params)
    expect(await serviceStop.revert(context, undo)).toMatchObject({ restoration: 'identical', kept: [] })
    expect((await host.services.state('nginx')).startId).toBe(before.startId)
  })

  it('finishes what a death between two stops left half-done', async () => {
    const { host, context } = await with_({
      cups: { triggeredBy: ['cups.socket'] },
      'cups.socket': { subState: 'listening' },
    })
    const undo = await prepare(serviceStop, context, { service: 'cups' })
    await host.services.stop('cups.socket', 1000)
    expect(await serviceStop.verify(context, undo)).toBe('conflict')
    expect((await serviceStop.revert(context, undo)).restoration).toBe('identical')
  })

  it('is reverted twice as well as once', async () => {
    const { context } = await with_({ nginx: {} })
    const failure = await inject(serviceStop, context, params)
    await failure.revert()
    expect((await failure.revert()).restoration).toBe('identical')
  })
})

describe('service.stop, and what else stops', () => {
  it('stops what would start a dependent again, and brings it back', async () => {
    const { host, context } = await with_({
      db: { dependents: ['app.service'] },
      app: { triggeredBy: ['app.timer'] },
      'app.timer': { subState: 'waiting' },
    })
    const failure = await inject(serviceStop, context, { service: 'db' })
    expect(await states(host, 'db', 'app', 'app.timer')).toEqual(['inactive', 'inactive', 'inactive'])
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await states(host, 'db', 'app', 'app.timer')).toEqual(['active', 'active', 'active'])
  })

  it('stops a service that upholds it, names it in the plan, and brings it back', async () => {
    const { host, context } = await with_({
      db: { upheldBy: ['keeper.service'] },
      keeper: { dependents: ['gui.service'] },
      gui: {},
    })
    const failure = await inject(serviceStop, context, { service: 'db' })
    expect(await failure.standing()).toBe('after')
    const text = said(serviceStop, { service: 'db' }, failure.undo).join(' ')
    expect(text).toContain('keeper.service would start it again at once (Upholds=)')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await states(host, 'db', 'keeper', 'gui')).toEqual(['active', 'active', 'active'])
  })

  it('knows what the manager stops because nothing needs it any more', async () => {
    const { host, context } = await with_({ web: { pullsIn: ['cache.service'] }, cache: { unneededAlone: true } })
    const failure = await inject(serviceStop, context, { service: 'web' })
    expect(await states(host, 'web', 'cache')).toEqual(['inactive', 'inactive'])
    expect((await failure.revert()).compared.map(({ item }) => item)).toContain('cache.service active')
    expect(await states(host, 'web', 'cache')).toEqual(['active', 'active'])
  })

  it('cancels a stop that takes more with it than the plan says, names it, and starts it again', async () => {
    const { host, context } = await with_({ db: { alsoStops: ['beside.service'] }, beside: {} })
    const undo = await prepare(serviceStop, context, { service: 'db' })
    await expect(serviceStop.inject(context, { service: 'db' }, undo)).rejects.toThrow(
      /would also stop beside\.service/,
    )
    const reverted = await serviceStop.revert(context, undo)
    expect(reverted.restoration).toBe('identical')
    expect(reverted.compared.map(({ item }) => item)).toContain('beside.service active')
    expect(await states(host, 'db', 'beside')).toEqual(['active', 'active'])
  })

  it('does not say that the host is as before while what a cancelled stop took with it is down', async () => {
    const { host, context } = await with_({ db: { alsoStops: ['beside.service'] }, beside: {} })
    const undo = await prepare(serviceStop, context, { service: 'db' })
    await expect(serviceStop.inject(context, { service: 'db' }, undo)).rejects.toThrow()
    await host.services.start('db', 1000)
    expect(await serviceStop.verify(context, undo)).toBe('conflict')
  })

  it('reads the record of a version that did not say what a stop starts', async () => {
    const { context } = await with_({ nginx: {} })
    const { started: _, ...old } = (await prepare(serviceStop, context, params)) as ServiceUndo
    expect(serviceStop.undo[1]?.safeParse(old).success).toBe(true)
    expect(await serviceStop.revert(context, old)).toMatchObject({ restoration: 'identical' })
  })

  it('names what the stop starts, and refuses where that goes on running or stops another unit', async () => {
    const started = (mail: SimulatedService) => ({
      nginx: { startsOnStop: ['mail.service'] },
      mail: { activeState: 'inactive', ...mail },
      other: {},
    })
    const { context } = await with_(started({ type: 'oneshot' }))
    const undo = await prepare(serviceStop, context, params)
    expect(said(serviceStop, params, undo).join(' ')).toContain(
      'simulation starts these units when it stops (OnSuccess=): mail.service',
    )
    for (const mail of [{ type: 'simple' }, { type: 'oneshot', conflicts: ['other.service'] }]) {
      const { context } = await with_(started(mail))
      await expect(prepare(serviceStop, context, params)).rejects.toMatchObject({ code: 'cannot-restore' })
    }
  })

  it('names what a stop that fails would start, and refuses where that is no service', async () => {
    const { context } = await with_({ nginx: { startsOnFailure: ['mail.service'] } })
    const undo = await prepare(serviceStop, context, params)
    expect(said(serviceStop, params, undo).join(' ')).toContain(
      'simulation starts these units if the stop fails (OnFailure=): mail.service',
    )
    const other = await with_({ nginx: { startsOnFailure: ['reboot.target'] } })
    await expect(prepare(serviceStop, other.context, params)).rejects.toThrow(/reboot\.target/)
  })

  it('does not start a service that would stop another one which somebody started meanwhile', async () => {
    const { host, context } = await with_({
      primary: { conflicts: ['standby.service'] },
      standby: { activeState: 'inactive' },
    })
    const failure = await inject(serviceStop, context, { service: 'primary' })
    await host.services.start('standby', 1000)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining('standby.service')] })
    expect(await failure.standing()).toBe('conflict')
    expect(await states(host, 'primary', 'standby')).toEqual(['inactive', 'active'])
  })
})

describe('service.stop of a service that its socket starts on demand', () => {
  const idle = {
    cups: { activeState: 'inactive', subState: 'dead', triggeredBy: ['cups.socket'] },
    'cups.socket': { subState: 'listening' },
  }

  it('stops the socket, and brings only the socket back', async () => {
    const { host, context } = await with_(idle)
    const failure = await inject(serviceStop, context, { service: 'cups' })
    expect(await states(host, 'cups', 'cups.socket')).toEqual(['inactive', 'inactive'])
    expect(await failure.standing()).toBe('after')
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await states(host, 'cups', 'cups.socket')).toEqual(['inactive', 'active'])
    expect(await failure.standing()).toBe('before')
  })

  it('says so when somebody needed the service meanwhile', async () => {
    const { host, context } = await with_(idle)
    const failure = await inject(serviceStop, context, { service: 'cups' })
    await host.services.start('cups.socket', 1000)
    await host.services.start('cups', 1000)
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain('cups.service had been started again already')
  })
})

describe('service.stop, when an administrator acts meanwhile', () => {
  it.each([{ enabledState: 'disabled' }, { enabledState: 'masked', loadState: 'masked' }])(
    'leaves a service down that is %j now',
    async (change) => {
      const { host, context } = await with_({ nginx: {} })
      const failure = await inject(serviceStop, context, params)
      host.services.set('nginx', change)
      expect(await failure.standing()).toBe('conflict')
      const reverted = await failure.revert()
      expect(reverted).toMatchObject({
        restoration: 'ours undone',
        kept: [expect.stringContaining('was not started again')],
      })
      expect(await states(host, 'nginx')).toEqual(['inactive'])
      expect(await failure.standing()).toBe('conflict')
    },
  )

  it('leaves a service running that somebody started again, and says so', async () => {
    const { host, context } = await with_({ nginx: {} })
    const failure = await inject(serviceStop, context, params)
    await host.services.start('nginx', 1000)
    const { startId } = await host.services.state('nginx')
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({
      restoration: 'identical',
      kept: [expect.stringContaining('started again already')],
    })
    expect((await host.services.state('nginx')).startId).toBe(startId)
  })

  it('makes way for the socket where somebody started only the service, and leaves both running', async () => {
    const { host, context } = await with_({
      rsync: { triggeredBy: ['rsync.socket'] },
      'rsync.socket': { subState: 'listening' },
    })
    const failure = await inject(serviceStop, context, { service: 'rsync' })
    await host.services.start('rsync', 1000)
    const reverted = await failure.revert()
    expect(reverted).toMatchObject({ restoration: 'identical', kept: [expect.stringContaining('it was restarted')] })
    expect(await states(host, 'rsync', 'rsync.socket')).toEqual(['active', 'active'])
  })

  it('starts an idle service again that somebody had started, when its socket is back', async () => {
    const { host, context } = await with_({
      rsync: { activeState: 'inactive', subState: 'dead', triggeredBy: ['rsync.socket'] },
      'rsync.socket': { subState: 'listening' },
    })
    const failure = await inject(serviceStop, context, { service: 'rsync' })
    await host.services.start('rsync', 1000)
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await states(host, 'rsync', 'rsync.socket')).toEqual(['active', 'active'])
  })

  it('does not stop for its socket what it could not start again', async () => {
    const { host, context } = await with_({
      rsync: { triggeredBy: ['rsync.socket'] },
      'rsync.socket': { subState: 'listening' },
    })
    const failure = await inject(serviceStop, context, { service: 'rsync' })
    await host.services.start('rsync', 1000)
    host.services.set('rsync', { enabledState: 'masked', loadState: 'masked' })
    expect((await failure.revert()).restoration).toBe('ours undone')
    expect(await states(host, 'rsync')).toEqual(['active'])
  })

  it.each([
    ['enabled', 'disabled'],
    ['disabled', 'enabled'],
  ])('is not stuck where a service that was %s is %s now and runs', async (before, enabledState) => {
    const { host, context } = await with_({ nginx: { enabledState: before } })
    const failure = await inject(serviceStop, context, params)
    await host.services.start('nginx', 1000)
    host.services.set('nginx', { enabledState })
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain(`At boot, nginx.service is ${enabledState} now and was ${before}`)
  })

  it('starts a service again that somebody enabled, and says that it stays enabled', async () => {
    const { host, context } = await with_({ nginx: { enabledState: 'disabled' } })
    const failure = await inject(serviceStop, context, params)
    host.services.set('nginx', { enabledState: 'enabled' })
    expect(await failure.revert()).toMatchObject({
      restoration: 'ours undone',
      kept: [expect.stringContaining('left so')],
    })
    expect(await states(host, 'nginx')).toEqual(['active'])
  })

  it.each([
    { enabledState: 'masked', loadState: 'masked' },
    { enabledState: '', loadState: 'not-found' },
  ])('is not stuck where what hangs on the service cannot run any more: %j', async (change) => {
    const { host, context } = await with_({ db: { dependents: ['app.service'] }, app: {} })
    const failure = await inject(serviceStop, context, { service: 'db' })
    host.services.set('db', change)
    const reverted = await failure.revert()
    expect(reverted.restoration).toBe('ours undone')
    expect(reverted.kept.join(' ')).toContain('app.service hangs on db.service')
    expect(await states(host, 'db', 'app')).toEqual(['inactive', 'inactive'])
  })

  it('does not take what its own start brought along for somebody else’s', async () => {
    const { host, context } = await with_({
      cups: { triggeredBy: ['cups.socket', 'cups.path'] },
      'cups.socket': { subState: 'listening', pullsIn: ['cups.path'] },
      'cups.path': { subState: 'waiting' },
    })
    const failure = await inject(serviceStop, context, { service: 'cups' })
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await states(host, 'cups', 'cups.socket', 'cups.path')).toEqual(['active', 'active', 'active'])
  })

  it('never says that a service is back which does not start', async () => {
    const { host, context } = await with_({ nginx: {} })
    const failure = await inject(serviceStop, context, params)
    host.services.set('nginx', { failsToStart: true })
    await expect(failure.revert()).rejects.toThrow('nginx.service')
    host.services.set('nginx', { log: 'unknown directive "bogus" in\u0007 /etc/nginx/nginx.conf:3' })
    await expect(failure.revert()).rejects.toThrow(/last journal line of nginx\.service is: "unknown directive "bogus"/)
    expect(await failure.standing()).toBe('after')
  })
})

describe('service.stop, when the stop hangs', () => {
  it('fails with a clear error and brings back what it had stopped before', async () => {
    const { host, context } = await with_({
      cups: { triggeredBy: ['cups.socket'], hangsOnStop: true },
      'cups.socket': { subState: 'listening' },
    })
    const undo = await prepare(serviceStop, context, { service: 'cups' })
    await expect(serviceStop.inject(context, { service: 'cups' }, undo)).rejects.toMatchObject({ code: 'timed-out' })
    expect((await serviceStop.revert(context, undo)).restoration).toBe('identical')
    expect(await states(host, 'cups', 'cups.socket')).toEqual(['active', 'active'])
  })

  it('kills what still hangs when it is rolled back, and starts it', async () => {
    const { host, context } = await with_({ nginx: { hangsOnStop: true } })
    const undo = await prepare(serviceStop, context, params)
    await expect(serviceStop.inject(context, params, undo)).rejects.toMatchObject({ code: 'timed-out' })
    expect(await states(host, 'nginx')).toEqual(['deactivating'])
    expect((await serviceStop.revert(context, undo)).restoration).toBe('identical')
    expect(await states(host, 'nginx')).toEqual(['active'])
  })

  it('does not stop the next unit once it was cancelled', async () => {
    const { host, context } = await with_({ nginx: {} })
    const undo = await prepare(serviceStop, context, params)
    await expect(serviceStop.inject({ ...context, signal: AbortSignal.abort() }, params, undo)).rejects.toThrow()
    expect(await states(host, 'nginx')).toEqual(['active'])
  })

  it('plans for the time-outs of the service manager', async () => {
    const { context } = await with_({ nginx: { stopTimeoutMs: 20_000, startTimeoutMs: 30_000 } })
    const budgets = serviceStop.budgets(await prepare(serviceStop, context, params))
    expect(budgets).toEqual({ injectMs: 30_000, revertMs: 70_000 })
  })

  it('waits at most two minutes where the service manager would wait longer, or for ever', async () => {
    const { context } = await with_({ db: { stopTimeoutMs: Number.POSITIVE_INFINITY } })
    const undo = (await prepare(serviceStop, context, { service: 'db' })) as ServiceUndo
    expect(undo.units[0]?.stopMs).toBe(120_000)
  })
})

describe('service.stop refuses in prepare', () => {
  const refused = async (services: Readonly<Record<string, SimulatedService>>, service = 'nginx') => {
    const { context } = await with_(services)
    return prepare(serviceStop, context, { service }).then(
      () => 'not refused',
      (error: { code: string }) => error.code,
    )
  }

  it('a service that does not exist', async () => expect(await refused({})).toBe('not-there'))
  it('a masked one', async () =>
    expect(await refused({ nginx: { loadState: 'masked', enabledState: 'masked' } })).toBe('cannot-restore'))
  it('one that does not run', async () =>
    expect(await refused({ nginx: { activeState: 'failed' } })).toBe('wrong-state'))
  it('one with a broken unit file', async () =>
    expect(await refused({ nginx: { loadState: 'bad-setting' } })).toBe('cannot-restore'))
  it('one that refuses to be started by hand', async () =>
    expect(await refused({ nginx: { refusesManual: true } })).toBe('cannot-restore'))
  it('one that a target hangs on', async () => {
    expect(await refused({ nginx: { dependents: ['web.target'] }, 'web.target': {} })).toBe('cannot-restore')
  })
  it('one that a protected service hangs on', async () => {
    expect(await refused({ nginx: { dependents: ['sshd.service'] }, sshd: {} })).toBe('policy-refused')
  })
  it('a protected service', async () => expect(await refused({ ssh: {} }, 'ssh')).toBe('policy-refused'))
  it.each([
    [{ nginx: { obstacles: ['nginx.service could not be started again: its configuration is broken.'] } }],
    [{ nginx: { dependents: ['app.service'] }, app: { obstacles: ['ExecStart= of app.service is missing.'] } }],
    [{ nginx: { triggeredBy: ['nginx.socket'] }, 'nginx.socket': { obstacles: ['nginx.socket changed on disk.'] } }],
  ])('what could not be started again, whichever unit it is', async (services) => {
    expect(await refused(services)).toBe('cannot-restore')
  })
  it('a socket', async () => expect(await refused({ 'cups.socket': {} }, 'cups.socket')).toBe('param-invalid'))
})

describe('the effect of service.stop', () => {
  const seen = async (listening: readonly { address: string; port: number }[]) => {
    const { host, context } = await with_({ nginx: {} })
    const processes = {
      ...host.processes,
      listening: async () => listening,
      identity: async (pid: number) => ({ pid, startTicks: '1', name: 'nginx' }),
    }
    const undo = await prepare(serviceStop, { ...context, host: { ...host, processes } }, params)
    return serviceStop.effect(params, undo)
  }

  it('is seen at the port that the service listens on', async () => {
    const sockets = [
      { address: '::', port: 80 },
      { address: '0.0.0.0', port: 80 },
    ]
    expect(await seen(sockets)).toEqual({ probe: 'tcp', params: { host: '127.0.0.1', port: 80 }, expect: 'down' })
  })

  it('is seen at the process where there is no port', async () => {
    expect(await seen([])).toEqual({ probe: 'process', params: { name: 'nginx' }, expect: 'down' })
  })

  it('is seen at the port of what runs for it', async () => {
    const { host, context } = await with_({
      db: { mainPid: 0, dependents: ['db@main.service'] },
      'db@main': { mainPid: 77 },
    })
    const listening = async (pid: number) => (pid === 77 ? [{ address: '127.0.0.1', port: 5432 }] : [])
    const seeing = { ...context, host: { ...host, processes: { ...host.processes, listening } } }
    const undo = await prepare(serviceStop, seeing, { service: 'db' })
    expect(serviceStop.effect({ service: 'db' }, undo)?.params).toEqual({ host: '127.0.0.1', port: 5432 })
  })

  it('is left to the drill where another program has the same name', async () => {
    const { host, context } = await with_({ nginx: {} })
    const identity = async (pid: number) => ({ pid, startTicks: '1', name: 'sh' })
    const processes = { ...host.processes, identity, byName: async () => [await identity(1)] }
    const undo = await prepare(serviceStop, { ...context, host: { ...host, processes } }, params)
    expect(serviceStop.effect(params, undo)).toBeNull()
  })

  it('is left to the drill where there is neither', async () => {
    const { context } = await with_({ nginx: { mainPid: 0 } })
    expect(serviceStop.effect(params, await prepare(serviceStop, context, params))).toBeNull()
  })
})

describe('the explanation of service.stop', () => {
  it('names the triggers and the dependents', async () => {
    const { context } = await with_({
      db: { triggeredBy: ['db.socket'], dependents: ['app.service'] },
      'db.socket': {},
      app: {},
    })
    const text = said(serviceStop, { service: 'db' }, await prepare(serviceStop, context, { service: 'db' })).join(' ')
    expect(text).toContain('db.socket would start it again')
    expect(text).toContain('simulation stops these units together with it: app.service')
    expect(text).toContain('db.socket, db.service, app.service')
  })

  it('touches the same thing by either name', () => {
    expect(serviceStop.touches({ service: 'nginx' })).toEqual(serviceStop.touches({ service: 'nginx.service' }))
  })
})
