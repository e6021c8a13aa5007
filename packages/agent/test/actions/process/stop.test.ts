import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import { lateFile, readLate } from '../../../src/actions/process/late.ts'
import type { ProcessUndo } from '../../../src/actions/process/process-undo.ts'
import { processStop } from '../../../src/actions/process/stop.ts'
import type { ProcessIdentity } from '../../../src/host/host.ts'
import { linuxProcesses } from '../../../src/host/linux/processes.ts'
import { processProbe } from '../../../src/probes/process.ts'
import { seenBy } from '../../fixtures/local-host.ts'
import { Nappers, stateOf } from '../../fixtures/nappers.ts'
import { said } from '../../fixtures/said.ts'
import { inject, prepare } from '../support.ts'
import { amongProcesses } from './support.ts'

/** One program, as many processes as asked for, and a failure that suspended them. */
async function suspended(count = 1) {
  const nappers = await Nappers.make()
  const all: ProcessIdentity[] = []
  while (all.length < count) all.push(await nappers.start())
  const context = await amongProcesses()
  const failure = await inject(processStop, context, { name: nappers.name })
  const states = () => Promise.all(all.map(({ pid }) => stateOf(pid)))
  return { nappers, all, context, failure, states }
}

describe('process.stop', () => {
  it('suspends every process of a name and lets them go on', async () => {
    const { failure, states } = await suspended(3)
    expect(await states()).toEqual(['suspended', 'suspended', 'suspended'])
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await states()).toEqual(['runs', 'runs', 'runs'])
    expect(await failure.standing()).toBe('before')
  })

  it('compares each process by its number and its name', async () => {
    const { failure, all, nappers } = await suspended()
    expect((await failure.revert()).compared).toEqual([
      { item: `process ${all[0]?.pid} (${nappers.name})`, before: 'runs', now: 'runs', same: true },
    ])
  })

  it('is reverted twice as well as once', async () => {
    const { failure } = await suspended()
    await failure.revert()
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
  })

  it('changes nothing when it is reverted although it was never started', async () => {
    const napper = await (await Nappers.make()).start()
    const context = await amongProcesses()
    const undo = await prepare(processStop, context, { name: napper.name })
    expect(await processStop.verify(context, undo)).toBe('before')
    expect(await processStop.revert(context, undo)).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await stateOf(napper.pid)).toBe('runs')
  })

  it('finishes what a death between two processes left half-done', async () => {
    const nappers = await Nappers.make()
    const [first, second] = [await nappers.start(), await nappers.start()]
    const context = await amongProcesses()
    const undo = await prepare(processStop, context, { name: nappers.name })
    await linuxProcesses.signal(first, 'suspend')
    await eventually(async () => expect(await processStop.verify(context, undo)).toBe('conflict'))
    expect((await processStop.revert(context, undo)).restoration).toBe('identical')
    expect([await stateOf(first.pid), await stateOf(second.pid)]).toEqual(['runs', 'runs'])
  })

  it('suspends the processes of a service, and no others', async () => {
    const [inside, outside] = [await (await Nappers.make()).start(), await (await Nappers.make()).start()]
    const context = await amongProcesses({ services: { shop: {} } }, (view) => ({
      ...view,
      units: view.pid === inside.pid ? ['shop.service'] : [],
    }))
    const failure = await inject(processStop, context, { service: 'shop' })
    expect([await stateOf(inside.pid), await stateOf(outside.pid)]).toEqual(['suspended', 'runs'])
    expect((await failure.revert()).restoration).toBe('identical')
  })
})

describe('process.stop, when processes come and go before it begins', () => {
  it('suspends the new ones as well, and writes them down before', async () => {
    const nappers = await Nappers.make()
    const first = await nappers.start()
    const context = await amongProcesses()
    const undo = await prepare(processStop, context, { name: nappers.name })
    const second = await nappers.start()
    await processStop.inject(context, { name: nappers.name }, undo)
    expect((await readLate(context.recordFolder)).added).toMatchObject([{ pid: second.pid }])
    expect(await processStop.verify(context, undo)).toBe('after')
    const { restoration, compared } = await processStop.revert(context, undo)
    expect([restoration, compared.length]).toEqual(['identical', 2])
    expect([await stateOf(first.pid), await stateOf(second.pid)]).toEqual(['runs', 'runs'])
  })

  it('does not count those that had ended by themselves', async () => {
    const nappers = await Nappers.make()
    const [first, second] = [await nappers.start(), await nappers.start()]
    const context = await amongProcesses()
    const undo = await prepare(processStop, context, { name: nappers.name })
    await Nappers.end(first)
    await processStop.inject(context, { name: nappers.name }, undo)
    expect(await stateOf(second.pid)).toBe('suspended')
    expect(await processStop.verify(context, undo)).toBe('after')
    expect(await processStop.revert(context, undo)).toMatchObject({ restoration: 'identical', kept: [] })
  })

  it('did not take hold when all of them had', async () => {
    const nappers = await Nappers.make()
    const napper = await nappers.start()
    const context = await amongProcesses()
    const undo = await prepare(processStop, context, { name: nappers.name })
    await Nappers.end(napper)
    await processStop.inject(context, { name: nappers.name }, undo)
    expect(await processStop.verify(context, undo)).toBe('before')
  })

  it('touches nobody whose number is that of one of them', async () => {
    const napper = await (await Nappers.make()).start()
    const context = await amongProcesses()
    const undo = (await prepare(processStop, context, { name: napper.name })) as ProcessUndo
    const earlier = `${BigInt(napper.startTicks) - 1n}`
    const reused = { ...undo, processes: undo.processes.map((each) => ({ ...each, startTicks: earlier })) }
    await linuxProcesses.signal(napper, 'suspend')
    await eventually(async () => expect(await stateOf(napper.pid)).toBe('suspended'))
    expect((await processStop.revert(context, reused)).restoration).toBe('ours undone')
    expect(await stateOf(napper.pid)).toBe('suspended')
  })

  it('does not go on once it was cancelled', async () => {
    const napper = await (await Nappers.make()).start()
    const context = await amongProcesses()
    const undo = await prepare(processStop, context, { name: napper.name })
    const signal = AbortSignal.abort()
    await expect(processStop.inject({ ...context, signal }, { name: napper.name }, undo)).rejects.toThrow()
    expect(await stateOf(napper.pid)).toBe('runs')
  })

  it('keeps a list of them that cannot be read, and says so', async () => {
    const { context, failure } = await suspended()
    await writeFile(join(context.recordFolder, lateFile), '{')
    await expect(failure.revert()).rejects.toThrow()
    await rm(join(context.recordFolder, lateFile))
    expect((await failure.revert()).restoration).toBe('identical')
  })
})

describe('process.stop, when somebody else acts meanwhile', () => {
  it('says that a process was ended', async () => {
    const { all, context, failure, states } = await suspended(2)
    const [first] = all
    if (first) await Nappers.end(first)
    expect(await failure.standing()).toBe('conflict')
    expect(await processStop.stillInPlace?.(context, failure.undo)).toBe(true)
    const { restoration, kept } = await failure.revert()
    expect(restoration).toBe('ours undone')
    expect(kept).toEqual([expect.stringContaining(`Ended by somebody else meanwhile: ${first?.name} (${first?.pid})`)])
    expect((await states())[1]).toBe('runs')
    expect(await failure.standing()).toBe('conflict')
  })

  it('leaves one running that was let go on', async () => {
    const { all, failure, states } = await suspended(2)
    const [first] = all
    if (first) await linuxProcesses.signal(first, 'continue')
    await eventually(async () => expect(await failure.standing()).toBe('conflict'))
    expect((await failure.revert()).restoration).toBe('identical')
    expect(await states()).toEqual(['runs', 'runs'])
  })

  it('leaves one running that was started, and says so', async () => {
    const { nappers, context, failure } = await suspended()
    const fresh = await nappers.start()
    expect(await failure.standing()).toBe('conflict')
    expect(await processStop.stillInPlace?.(context, failure.undo)).toBe(false)
    const { restoration, kept } = await failure.revert()
    expect([restoration, kept]).toEqual(['identical', [expect.stringContaining(`left running: ${fresh.name}`)]])
    expect(await stateOf(fresh.pid)).toBe('runs')
  })

  it('leaves one suspended that was before', async () => {
    const nappers = await Nappers.make()
    const [theirs, other] = [await nappers.start(), await nappers.start()]
    await linuxProcesses.signal(theirs, 'suspend')
    await eventually(async () => expect(await stateOf(theirs.pid)).toBe('suspended'))
    const failure = await inject(processStop, await amongProcesses(), { name: nappers.name })
    expect((await failure.revert()).restoration).toBe('identical')
    expect([await stateOf(theirs.pid), await stateOf(other.pid)]).toEqual(['suspended', 'runs'])
  })

  it('touches nothing after a restart of the machine, when the numbers are others’', async () => {
    const { context, failure, states } = await suspended()
    const clock = { ...context.host.clock, bootId: 'another boot' }
    const later = { ...context, host: { ...context.host, clock } }
    expect(await processStop.verify(later, failure.undo)).toBe('before')
    expect(await processStop.revert(later, failure.undo)).toMatchObject({ restoration: 'identical', kept: [] })
    expect(await states()).toEqual(['suspended'])
    await failure.revert()
  })
})

describe('process.stop refuses in prepare', () => {
  const refused = async (
    params: object,
    as?: Parameters<typeof amongProcesses>[1],
    options: Parameters<typeof amongProcesses>[0] = {},
  ) =>
    prepare(processStop, await amongProcesses(options, as), params).then(
      () => 'not refused',
      (error: { code: string; rule: string | null }) => [error.code, error.rule],
    )

  it('what does not run', async () => expect(await refused({ name: 'no-such' })).toEqual(['not-there', null]))
  it('a service that does not exist', async () =>
    expect(await refused({ service: 'none' })).toEqual(['not-there', null]))
  it('a name and a service at once, or neither', async () => {
    expect(await refused({ name: 'a', service: 'b' })).toEqual(['param-invalid', null])
    expect(await refused({})).toEqual(['param-invalid', null])
  })
  it('a process that is suspended already', async () => {
    const napper = await (await Nappers.make()).start()
    await linuxProcesses.signal(napper, 'suspend')
    await eventually(async () => expect(await refused({ name: napper.name })).toEqual(['wrong-state', null]))
  })

  it.each([
    ['the first process', { pid: 1 }, 'built-in: the core of the system'],
    ['a thread of the kernel', { kernel: true }, 'built-in: the kernel'],
    ['the agent', { own: true }, 'built-in: the agent itself'],
    ['a process of a protected service', { units: ['dbus.service'] }, 'built-in: the core of the system'],
    ['SSH under another name', { program: '/usr/sbin/sshd' }, 'built-in: SSH'],
    ['SSH that was just updated', { program: '/usr/sbin/sshd (deleted)' }, 'built-in: SSH'],
    ['an agent of another version', { program: '/var/lib/x/chaos-lite-agent' }, 'built-in: the agent itself'],
  ])('%s', async (_what, change, rule) => {
    const napper = await (await Nappers.make()).start()
    const as = (view: Parameters<NonNullable<Parameters<typeof amongProcesses>[1]>>[0]) =>
      view.pid === napper.pid ? { ...view, ...change } : view
    expect(await refused({ name: napper.name }, as)).toEqual(['policy-refused', rule])
  })

  it.each([
    ['that a debugger holds', { state: 'traced' as const }],
    ['of somebody’s terminal', { terminal: true }],
  ])('a process %s', async (_what, change) => {
    const napper = await (await Nappers.make()).start()
    const answer = await refused({ name: napper.name }, (view) =>
      view.pid === napper.pid ? { ...view, ...change } : view,
    )
    expect(answer).toEqual(['cannot-restore', null])
  })

  it('more than 64 at once', async () => {
    const napper = await (await Nappers.make()).start()
    const context = await amongProcesses()
    const views = async () => {
      const one = (await linuxProcesses.views()).filter(({ pid }) => pid === napper.pid)
      return Array.from({ length: 65 }, (_, index) => one.map((view) => ({ ...view, pid: view.pid + index }))).flat()
    }
    const crowded = { ...context, host: { ...context.host, processes: { ...context.host.processes, views } } }
    await expect(prepare(processStop, crowded, { name: napper.name })).rejects.toThrow('at most 64')
  })
})

describe('the effect of process.stop', () => {
  it('is that no process of its name serves anybody', async () => {
    const { nappers, context, failure } = await suspended()
    const params = { name: nappers.name }
    const effect = processStop.effect(params, failure.undo)
    expect(effect).toEqual({ probe: 'process', params, expect: 'down' })
    const { host } = context
    expect(await seenBy(processProbe, effect?.params, { host })).toMatchObject({
      running: false,
      suspended: 1,
      count: 1,
    })
    await failure.revert()
    expect(await seenBy(processProbe, effect?.params, { host })).toMatchObject({
      running: true,
      suspended: 0,
      count: 1,
    })
  })

  it('is left to the drill where others of that name go on', async () => {
    const nappers = await Nappers.make()
    const [inside] = [await nappers.start(), await nappers.start()]
    const context = await amongProcesses({ services: { shop: {} } }, (view) => ({
      ...view,
      units: view.pid === inside.pid ? ['shop.service'] : [],
    }))
    const params = { service: 'shop' }
    expect(processStop.effect(params, await prepare(processStop, context, params))).toBeNull()
  })
})

describe('the explanation of process.stop', () => {
  it('is the same whichever processes run just now, because approval binds to it', async () => {
    const nappers = await Nappers.make()
    await nappers.start()
    const params = { name: nappers.name }
    const context = await amongProcesses()
    const first = await prepare(processStop, context, params)
    await nappers.start()
    const later = await prepare(processStop, context, params)
    expect(processStop.explain(params, later)).toEqual(processStop.explain(params, first))
    expect(said(processStop, params, first).join(' ')).toContain(`Every process of the name ${nappers.name}`)
  })

  it('shows a person which numbers to let go on', async () => {
    const { failure, all, context } = await suspended()
    const byHand = processStop.byHand(failure.undo, context.recordFolder).join('\n')
    expect(byHand).toContain(`${all[0]?.pid} ${all[0]?.name}`)
    expect(byHand).toContain('kill -CONT')
  })

  it('touches a service by either of its names', () => {
    expect(processStop.touches({ service: 'nginx' })).toEqual(processStop.touches({ service: 'nginx.service' }))
    expect(processStop.touches({ name: 'nginx' })).toEqual(['process:nginx'])
  })
})
