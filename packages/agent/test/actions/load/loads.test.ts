import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cpuLoad } from '../../../src/actions/load/cpu.ts'
import { ioLoad } from '../../../src/actions/load/io.ts'
import { memoryFill } from '../../../src/actions/load/memory.ts'
import { cpuProbe } from '../../../src/probes/cpu.ts'
import { ioProbe } from '../../../src/probes/io.ts'
import { memoryProbe } from '../../../src/probes/memory.ts'
import { seenBy } from '../../fixtures/local-host.ts'
import { bound } from '../../fixtures/said.ts'
import { manifest } from '../../host/support.ts'
import { inject, prepare } from '../support.ts'
import { loadStage, MiB } from './support.ts'

const io = { folder: '/srv/data', mibPerSecond: 10 }
const cases = [
  ['cpu.load', cpuLoad, { percent: 50 }],
  ['memory.fill', memoryFill, { leavePercent: 50 }],
  ['io.load', ioLoad, io],
] as const

describe.each(cases)('%s', (_name, action, params) => {
  it('starts a process of our own and ends it', async () => {
    const { root, context, orders } = await loadStage()
    const before = await manifest(root)
    const failure = await inject(action, context, params)
    expect(orders()).toHaveLength(1)
    expect(await failure.standing()).toBe('after')
    expect(await failure.revert()).toMatchObject({ restoration: 'identical', kept: [] })
    expect(orders()).toEqual([])
    expect(await failure.standing()).toBe('before')
    expect(await manifest(root)).toEqual(before)
  })

  it('is reverted twice as well as once, and also when it was never started', async () => {
    const { context } = await loadStage()
    const undo = await prepare(action, context, params)
    expect(await action.verify(context, undo)).toBe('before')
    for (const _ of [1, 2]) expect((await action.revert(context, undo)).restoration).toBe('identical')
  })

  it('marks its process so that nobody else can name it', async () => {
    const { context, orders } = await loadStage()
    await inject(action, context, params)
    await inject(action, { ...context, recordId: 'ANOTHER' }, params)
    const [first, second] = orders().map(({ marker }) => marker)
    expect(first).toMatch(new RegExp(`^${context.recordId}-[0-9a-f]{32}$`))
    expect(second).not.toBe(first)
  })

  it('ends only its own process', async () => {
    const { context, orders } = await loadStage()
    const failure = await inject(action, context, params)
    await inject(action, { ...context, recordId: 'ANOTHER' }, params)
    await failure.revert()
    expect(orders().map(({ marker }) => marker.split('-')[0])).toEqual(['ANOTHER'])
  })

  it('never outlasts the safety timer', async () => {
    const { context, host, orders } = await loadStage()
    await inject(action, { ...context, revertByMonoMs: host.clock.monoMs() + 60_000 }, params)
    expect(orders()[0]?.lastsMs).toBeLessThanOrEqual(60_000)
    expect(orders()[0]?.lastsMs).toBeGreaterThan(0)
  })

  it('does not say that it ended what goes on', async () => {
    const { context } = await loadStage({ end: async () => Promise.reject(new Error('does not end')) })
    const failure = await inject(action, context, params)
    await expect(failure.revert()).rejects.toThrow('does not end')
    expect(await failure.standing()).toBe('after')
  })

  it('says unknown where a process is still seen after it was ended', async () => {
    const { context } = await loadStage({ end: async () => undefined })
    expect((await (await inject(action, context, params)).revert()).restoration).toBe('unknown')
  })

  it('is lost when somebody else ends the process, and nothing is left to roll back', async () => {
    const { context, host } = await loadStage()
    const failure = await inject(action, context, params)
    await host.loads.end((failure.undo as { marker: string }).marker)
    expect(await failure.standing()).not.toBe('after')
    expect((await failure.revert()).restoration).toBe('identical')
  })

  it('explains the same whatever the host does just now, because approval binds to it', async () => {
    const { context } = await loadStage()
    const first = bound(action, params, await prepare(action, context, params))
    const busy = await loadStage({ busyPercent: async () => 60, writtenBytes: async () => 7 })
    expect(bound(action, params, await prepare(action, busy.context, params))).toEqual(first)
  })

  it('shows a person which process to end', async () => {
    const { context } = await loadStage()
    const undo = await prepare(action, context, params)
    expect(action.byHand(undo, '/journal/x').join('\n')).toContain((undo as { marker: string }).marker)
  })
})

describe('cpu.load', () => {
  it('is bounded by the processors that are there', async () => {
    const { context, orders } = await loadStage()
    await inject(cpuLoad, context, { percent: 30, cores: 64 })
    expect(orders()[0]?.work).toEqual({ kind: 'cpu', cores: 4, percent: 30 })
  })

  it('has hard limits and asks for its share', () => {
    for (const percent of [4, 96, 100, 50.5]) expect(cpuLoad.params.safeParse({ percent }).success).toBe(false)
    expect(cpuLoad.asks({ percent: 80 })).toEqual([{ kind: 'cpuAtMost', value: '80' }])
  })

  it('is seen half-way between what was and what shall be', async () => {
    const { context } = await loadStage()
    const effectOf = async (params: object) =>
      cpuLoad.effect(params, await prepare(cpuLoad, context, params))?.params.busyPercentAtMost
    expect(await effectOf({ percent: 80 })).toBe(43)
    expect(await effectOf({ percent: 80, cores: 1 })).toBe(15)
  })
})

describe('memory.fill', () => {
  it('stops at the share that must stay, or at what it was given', async () => {
    const { context, orders } = await loadStage()
    await inject(memoryFill, context, { leavePercent: 25, atMostMiB: 100 })
    expect(orders()[0]?.work).toEqual({ kind: 'memory', leaveBytes: 1024 * MiB, mostBytes: 100 * MiB })
  })

  it('never leaves less than a host needs to be helped', async () => {
    const memory = async () => ({ totalBytes: 1024 * MiB, availableBytes: 800 * MiB })
    const { context, orders } = await loadStage({ memory })
    await inject(memoryFill, context, { leavePercent: 5 })
    expect(orders()[0]?.work).toMatchObject({ leaveBytes: 256 * MiB })
  })

  it('refuses where so little is available already', async () => {
    const memory = async () => ({ totalBytes: 1000 * MiB, availableBytes: 520 * MiB })
    const { context } = await loadStage({ memory })
    await expect(prepare(memoryFill, context, { leavePercent: 50 })).rejects.toMatchObject({ code: 'wrong-state' })
    expect(memoryFill.params.safeParse({ leavePercent: 4 }).success).toBe(false)
  })

  it('is seen half-way between what was and what shall be', async () => {
    const { context } = await loadStage()
    const undo = await prepare(memoryFill, context, { leavePercent: 50 })
    expect(memoryFill.effect({ leavePercent: 50 }, undo)?.params).toEqual({ availableBytesAtLeast: 2560 * MiB })
  })
})

describe('io.load', () => {
  it('finds its file made and of its size before the process begins', async () => {
    const sizes: number[] = []
    const scene = await loadStage()
    const { host, context } = scene
    const start = async (order: Parameters<typeof host.loads.start>[0], signal: AbortSignal) => {
      if (order.work.kind === 'io') sizes.push((await host.files.metadata(order.work.path)).sizeBytes)
      await host.loads.start(order, signal)
    }
    await inject(ioLoad, { ...context, host: { ...host, loads: { ...host.loads, start } } }, io)
    expect(sizes).toEqual([64 * MiB])
  })

  it('is rolled back from a death between the file and the process', async () => {
    const { root, host, context } = await loadStage()
    const before = await manifest(root)
    const undo = (await prepare(ioLoad, context, io)) as { path: string }
    await host.files.create(undo.path)
    expect(await ioLoad.verify(context, undo)).toBe('conflict')
    expect((await ioLoad.revert(context, undo)).restoration).toBe('identical')
    expect(await manifest(root)).toEqual(before)
    expect(readdirSync(join(root, 'srv/data'))).toEqual(['order.txt'])
  })

  it('is left to the drill to confirm where the disk does not count', async () => {
    const { context } = await loadStage({ writtenBytes: async () => null })
    expect(ioLoad.effect(io, await prepare(ioLoad, context, io))).toBeNull()
  })

  it('refuses what is no disk, what is full, and what is protected', async () => {
    const { context, host } = await loadStage()
    const on = (space: object) => {
      const files = {
        ...host.files,
        space: async () => ({ freeBytes: 2000 * MiB, totalBytes: 1, onDisk: 'ext4', ...space }),
      }
      return prepare(ioLoad, { ...context, host: { ...host, files } }, io)
    }
    await expect(on({ onDisk: null })).rejects.toMatchObject({ code: 'cannot-restore' })
    await expect(on({ freeBytes: 300 * MiB })).rejects.toMatchObject({ code: 'storage-full' })
    await expect(prepare(ioLoad, context, { ...io, folder: '/etc' })).rejects.toMatchObject({ code: 'policy-refused' })
    expect(ioLoad.params.safeParse({ ...io, mibPerSecond: 501 }).success).toBe(false)
  })
})

describe('the probes of loads', () => {
  it('report what everybody on the host sees', async () => {
    const { host } = await loadStage()
    expect(await seenBy(cpuProbe, {}, { host })).toEqual({ busyPercent: 5, cores: 4 })
    expect(await seenBy(memoryProbe, {}, { host })).toMatchObject({ availablePercent: 75 })
    let written = 0
    const loads = { ...host.loads, writtenBytes: async () => (written += 3 * MiB) }
    expect(await seenBy(ioProbe, { path: '/srv' }, { host: { ...host, loads } })).toEqual({ writtenMiB: 3 })
  })

  it('say that it is not known where it is not', async () => {
    const { host } = await loadStage({ writtenBytes: async () => null })
    await expect(seenBy(ioProbe, { path: '/srv' }, { host })).rejects.toThrow('not counted')
    const failing = { ...host.loads, writtenBytes: () => Promise.reject(new Error('gone')) }
    await expect(seenBy(ioProbe, { path: '/none' }, { host: { ...host, loads: failing } })).rejects.toThrow('gone')
  })

  it('have bounds of their own', () => {
    expect(cpuProbe.expect({})).toEqual({ busyPercent: { atMost: 90 } })
    expect(cpuProbe.expect({ busyPercentAtMost: 40 })).toEqual({ busyPercent: { atMost: 40 } })
    expect(memoryProbe.expect({})).toEqual({ availablePercent: { atLeast: 5 } })
    expect(memoryProbe.expect({ availableBytesAtLeast: 7 })).toEqual({ availableBytes: { atLeast: 7 } })
    expect(ioProbe.expect({ path: '/' })).toEqual({ writtenMiB: { atMost: 100 } })
  })
})
