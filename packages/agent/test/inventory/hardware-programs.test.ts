import { execFileSync } from 'node:child_process'
import { Hardware } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { runInChild } from '../../src/child/run-in-child.ts'
import { isMapped } from '../../src/inventory/hardware/rights.ts'
import { hardwareReader } from '../../src/inventory/index.ts'

/** Counts what is started while `work` runs, below every function of `node:child_process`. */
const COUNTED = (work: string) => `
  import { ChildProcess } from 'node:child_process'
  import { createRequire, syncBuiltinESMExports } from 'node:module'
  const started = []
  const spawn = ChildProcess.prototype.spawn
  ChildProcess.prototype.spawn = function (options) { started.push(options.args); return spawn.call(this, options) }
  const binding = createRequire(import.meta.url)('node:child_process')
  const spawnSync = binding.spawnSync
  for (const name of ['spawnSync', 'execSync', 'execFileSync'])
    binding[name] = (...args) => { started.push(args); throw new Error('a program was started') }
  syncBuiltinESMExports()
  ${work}
  process.stdout.write(JSON.stringify(started))
`

function startedBy(work: string): unknown[] {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', COUNTED(work)]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: 'packages/agent', encoding: 'utf8' }))
}

describe('what a host is made of', () => {
  test('is read without starting any program', () => {
    const read = `const { readHardware } = await import('./src/inventory/hardware/read.ts'); await readHardware()`
    expect(startedBy(read)).toEqual([])
  })

  test('the count would see a program: systeminformation starts some for the processor', () => {
    expect(startedBy(`const { cpu } = await import('systeminformation'); await cpu()`).length).toBeGreaterThan(0)
  })

  test('comes from a child process, in the form that the protocol wants', async () => {
    const read = await runInChild('hardware', null, { deadlineMs: 120_000 })
    expect(Hardware.safeParse(read).error).toBeUndefined()
  })
})

// Only root has rights to give up.
test.skipIf(process.getuid?.() !== 0)('the rights of root are given up for good', () => {
  const work = `
    const { giveUpRights } = await import('./src/inventory/hardware/rights.ts')
    await giveUpRights()
    let back = false
    try { process.setuid(0); back = true } catch {}
    console.log(JSON.stringify([process.getuid(), process.getgid(), process.getgroups(), back]))`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', work]
  const said = execFileSync(process.execPath, args, { cwd: 'packages/agent', encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual([65_534, 65_534, [65_534], false])
})

describe('the reader of the hardware', () => {
  const some: Hardware = {
    ...{ manufacturer: 'a', model: null, virtualisation: null, disks: null, interfaces: [] },
    processor: { model: null, sockets: null, cores: null, threads: 1 },
    memory: { totalBytes: 1, swapBytes: null },
  }
  const { signal } = new AbortController()

  function reader(read: (signal: AbortSignal) => Promise<unknown>) {
    const warnings: string[] = []
    const now = { ms: 0 }
    let reads = 0
    const ask = hardwareReader({
      monoMs: () => now.ms,
      warn: (message) => void warnings.push(message),
      read: (one) => {
        reads += 1
        return read(one)
      },
    })
    return { ask, warnings, now, reads: () => reads }
  }

  test('asks again only after ten minutes', async () => {
    const { ask, now, reads } = reader(async () => some)
    expect(await ask(signal)).toEqual(some)
    now.ms = 599_999
    expect(await ask(signal)).toEqual(some)
    expect(reads()).toBe(1)
    now.ms = 600_000
    await ask(signal)
    expect(reads()).toBe(2)
  })

  test.each([
    ['fails', () => Promise.reject(new Error('no'))],
    ['answers something else', async () => ({ ...some, serial: '4711' })],
    ['answers nothing', async () => null],
  ])('knows nothing, says so, and asks again when the child %s', async (_how, read) => {
    const { ask, warnings, reads } = reader(read)
    expect([await ask(signal), await ask(signal)]).toEqual([null, null])
    expect(reads()).toBe(2)
    expect(warnings).toHaveLength(2)
  })

  test('says nothing when the agent is being stopped', async () => {
    const { ask, warnings } = reader(() => Promise.reject(new Error('ended')))
    expect(await ask(AbortSignal.abort())).toBeNull()
    expect(warnings).toEqual([])
  })
})

test.each([
  ['         0          0 4294967295\n', true],
  ['         0       1000          1\n', false],
  ['0 1000 1\n1 100000 65536\n', true],
  ['', false],
])('the map %j of a user namespace knows nobody: %j', (map, expected) => {
  expect(isMapped(map, 65_534)).toBe(expected)
})
