import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import type { LoadWork } from '../../../src/host/host.ts'
import { linuxLoads } from '../../../src/host/linux/loads.ts'
import { markerVariable } from '../../../src/host/load-order.ts'
import { ownCommand } from '../../../src/program/executable.ts'
import { temporaryFolder } from '../support.ts'

const loads = linuxLoads(ownCommand)
const MiB = 1024 * 1024
const signal = () => AbortSignal.timeout(120_000)

async function started(work: LoadWork) {
  const marker = `TEST-${randomBytes(16).toString('hex')}`
  onTestFinished(() => loads.end(marker))
  await loads.start({ marker, lastsMs: 60_000, work }, signal())
  const [process] = await loads.running(marker)
  if (process === undefined) throw new Error('no load runs')
  return { marker, pid: process.pid, of: (file: string) => readFileSync(`/proc/${process.pid}/${file}`, 'utf8') }
}

/** Ticks of processor time that a process and its threads have used. */
function ticks(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

const cpu: LoadWork = { kind: 'cpu', cores: 1, percent: 20 }

describe('a load process', () => {
  it('gives way to every other, in all of its threads, and is the first to go when memory runs out', async () => {
    const { of, pid } = await started(cpu)
    expect(of('oom_score_adj').trim()).toBe('1000')
    const nice = of('stat')
      .slice(of('stat').lastIndexOf(')') + 2)
      .split(' ')[16]
    expect(nice).toBe('19')
    expect(of(`task/${pid}/stat`)).toContain(' 39 19 ')
  })

  it('is found by its marker only, and ended by whoever knows it', async () => {
    const { marker } = await started(cpu)
    const other = linuxLoads(ownCommand)
    expect(await other.running(`${marker}0`)).toEqual([])
    expect(await other.running(marker.slice(0, -1))).toEqual([])
    await other.end(marker)
    expect(await loads.running(marker)).toEqual([])
    await other.end(marker)
  })

  it.runIf(process.getuid?.() === 0)('is never taken for one that somebody else gave its marker', async () => {
    const marker = `TEST-${randomBytes(16).toString('hex')}`
    const env = { [markerVariable]: marker }
    const theirs = spawn('/bin/sleep', ['60'], { uid: 65_534, gid: 65_534, env, stdio: 'ignore' })
    onTestFinished(() => void theirs.kill('SIGKILL'))
    await once(theirs, 'spawn')
    expect(await loads.running(marker)).toEqual([])
    await loads.end(marker)
    expect(theirs.exitCode).toBeNull()
  })

  it('ends by itself when its time is over', async () => {
    const marker = `TEST-${randomBytes(16).toString('hex')}`
    await loads.start({ marker, lastsMs: 50, work: cpu }, signal())
    await eventually(async () => expect(await loads.running(marker)).toEqual([]))
  })

  it('ends when the agent is killed', async () => {
    const marker = `TEST-${randomBytes(16).toString('hex')}`
    onTestFinished(() => loads.end(marker))
    const agent = spawn(process.execPath, [
      fileURLToPath(new URL('../../fixtures/load-starter.ts', import.meta.url)),
      marker,
    ])
    await once(agent.stdout, 'data')
    expect(await loads.running(marker)).toHaveLength(1)
    agent.kill('SIGKILL')
    await eventually(async () => expect(await loads.running(marker)).toEqual([]))
  })

  it('without an order or without an agent ends at once', async () => {
    const [program, ...first] = ownCommand()
    const child = spawn(program, [...first, 'load'], { stdio: ['ignore', 'ignore', 'ignore'] })
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })

  it('that cannot be started says so, and leaves nothing behind', async () => {
    const marker = `TEST-${randomBytes(16).toString('hex')}`
    const broken = linuxLoads(() => ['/no/such/program'])
    await expect(broken.start({ marker, lastsMs: 1000, work: cpu }, signal())).rejects.toThrow('could not begin')
    await expect(loads.start({ marker, lastsMs: 1000, work: cpu }, AbortSignal.abort())).rejects.toThrow()
    expect(await loads.running(marker)).toEqual([])
  })

  it('that is called back while it begins is ended', async () => {
    const marker = `TEST-${randomBytes(16).toString('hex')}`
    const stop = new AbortController()
    const starting = loads.start({ marker, lastsMs: 60_000, work: cpu }, stop.signal)
    stop.abort()
    await expect(starting).rejects.toThrow('could not begin')
    await eventually(async () => expect(await loads.running(marker)).toEqual([]))
  })
})

describe('a load of the processors', () => {
  it('uses processor time', async () => {
    const { of } = await started(cpu)
    const before = ticks(of('stat'))
    await eventually(() => expect(ticks(of('stat'))).toBeGreaterThan(before + 5))
  })
})

describe('a load of memory', () => {
  it('takes what was asked, really', async () => {
    const { of } = await started({ kind: 'memory', leaveBytes: 1, mostBytes: 80 * MiB })
    const resident = Number(/^RssAnon:\s+(\d+) kB$/m.exec(of('status'))?.[1]) * 1024
    expect(resident).toBeGreaterThan(80 * MiB)
  })

  it('does not begin where less is available than must stay', async () => {
    const { availableBytes } = await loads.memory()
    const work: LoadWork = { kind: 'memory', leaveBytes: 2 * availableBytes, mostBytes: null }
    await expect(started(work)).rejects.toThrow('no memory is left to take')
  })
})

describe('a load of a disk', () => {
  it('overwrites its file, and never makes it larger', async () => {
    const path = join(await temporaryFolder(), 'io')
    await writeFile(path, Buffer.alloc(MiB))
    const before = await stat(path)
    const { of } = await started({ kind: 'io', path, bytesPerSecond: 4 * MiB, fileBytes: MiB })
    const written = () => Number(/^write_bytes: (\d+)$/m.exec(of('io'))?.[1])
    await eventually(() => expect(written()).toBeGreaterThan(2 * MiB))
    const after = await stat(path)
    expect([after.size, after.ino]).toEqual([before.size, before.ino])
    expect(after.mtimeMs).toBeGreaterThan(before.mtimeMs)
  })

  it('ends when its file is removed, and does not make another', async () => {
    const path = join(await temporaryFolder(), 'io')
    await writeFile(path, Buffer.alloc(MiB))
    const { marker } = await started({ kind: 'io', path, bytesPerSecond: 4 * MiB, fileBytes: MiB })
    await rm(path)
    await eventually(async () => expect(await loads.running(marker)).toEqual([]))
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('does not begin without its file', async () => {
    const path = join(await temporaryFolder(), 'none')
    const work: LoadWork = { kind: 'io', path, bytesPerSecond: MiB, fileBytes: MiB }
    await expect(started(work)).rejects.toThrow('ENOENT')
  })
})

it('no secret of the agent goes to a load', async () => {
  const { marker, of } = await started(cpu)
  expect(of('environ').split('\0').filter(Boolean)).toEqual([`${markerVariable}=${marker}`])
})
