import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../../../shared/test/eventually.ts'
import { parseStat } from '../../../src/host/linux/process-stat.ts'
import { linuxProcesses, unitsOf } from '../../../src/host/linux/processes.ts'
import { Nappers, stateOf } from '../../fixtures/nappers.ts'

const line = (name: string, state = 'S', flags = 0, terminal = 0) =>
  `77 (${name}) ${state} 1 77 77 ${terminal} -1 ${flags} 0 0 0 0 0 0 0 0 20 0 1 0 123456 0 0\n`

describe('a line of /proc/PID/stat', () => {
  it('is read from its last parenthesis, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), (name) => {
        expect(parseStat(77, line(name))).toMatchObject({ name, parent: 1, startTicks: '123456', state: 'runs' })
      }),
    )
  })

  it.each([
    ['R', 'runs'],
    ['D', 'runs'],
    ['T', 'suspended'],
    ['t', 'traced'],
    ['Z', 'ended'],
    ['X', 'ended'],
  ])('%s means that it %s', (state, meaning) => {
    expect(parseStat(77, line('x', state)).state).toBe(meaning)
  })

  it('recognizes threads of the kernel and processes of a terminal', () => {
    expect(parseStat(2, line('kthreadd', 'S', 0x208040))).toMatchObject({ kernel: true, terminal: false })
    expect(parseStat(9, line('bash', 'S', 0x400000, 34816))).toMatchObject({ kernel: false, terminal: true })
  })
})

describe('the cgroup of a process', () => {
  it.each([
    ['0::/system.slice/nginx.service\n', ['nginx.service']],
    ['12:cpu:/\n1:name=systemd:/system.slice/cups.service\n0::/elsewhere.service\n', ['cups.service']],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n', ['user@1000.service', 'x.scope']],
    ['0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n', ['postgresql@15-main.service']],
    ['0::/\n', []],
    ['', []],
  ])('%j names the units %j', (text, units) => expect(unitsOf(text)).toEqual(units))
})

describe('the processes of this machine', () => {
  it('know this test, its parents and its children as the agent’s own', async () => {
    const child = spawn('/usr/bin/sleep', ['1000'], { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'spawn')
    const own = (await linuxProcesses.views()).filter((view) => view.own).map(({ pid }) => pid)
    expect(own).toEqual(expect.arrayContaining([process.pid, process.ppid, child.pid]))
  })

  it('are suspended and let go on by number and start time', async () => {
    const napper = await (await Nappers.make()).start()
    expect(await linuxProcesses.signal(napper, 'suspend')).toBe('sent')
    await eventually(async () => expect(await stateOf(napper.pid)).toBe('suspended'))
    expect(await linuxProcesses.byName(napper.name)).toHaveLength(1)
    expect(await linuxProcesses.signal(napper, 'continue')).toBe('sent')
    await eventually(async () => expect(await stateOf(napper.pid)).toBe('runs'))
  })

  it('are never touched when another one has the number by now', async () => {
    const napper = await (await Nappers.make()).start()
    for (const startTicks of ['1', `${BigInt(napper.startTicks) + 1n}`, '']) {
      expect(await linuxProcesses.signal({ ...napper, startTicks }, 'suspend')).toBe('gone')
    }
    expect(await stateOf(napper.pid)).toBe('runs')
  })

  it('are gone once they have ended', async () => {
    const napper = await (await Nappers.make()).start()
    await Nappers.end(napper)
    expect(await linuxProcesses.signal(napper, 'suspend')).toBe('gone')
    expect(await linuxProcesses.byName(napper.name)).toEqual([])
  })
})
