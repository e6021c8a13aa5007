import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeLab } from '../lab/support/describe-lab.ts'
import { CrashAgent, type Fault } from './support/agent.ts'
import { PrivateEtc } from './support/private-etc.ts'

/** What makes a change last, or visible: between two of these nothing that matters to a crash happens. */
const CALLS = 'fsync,fdatasync,rename,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,pwrite64'
/** Every point with CHAOS_LITE_CRASH=all; otherwise this many, spread evenly over the whole rehearsal. */
const SAMPLE = process.env.CHAOS_LITE_CRASH === 'all' ? Number.POSITIVE_INFINITY : 8

/**
 * How often the busiest thread made each call: `when=` of strace counts by thread. strace pads a process number to five
 * places, so a small one has more than one space behind it.
 */
function countsOf(trace: string): Map<string, number> {
  const byThread = new Map<string, number>()
  for (const [, thread, call] of trace.matchAll(/^(\d+) +(\w+)\(/gm)) {
    byThread.set(`${call} ${thread}`, (byThread.get(`${call} ${thread}`) ?? 0) + 1)
  }
  const counts = new Map<string, number>()
  for (const [key, count] of byThread) {
    const call = key.split(' ')[0] ?? ''
    counts.set(call, Math.max(counts.get(call) ?? 0, count))
  }
  return counts
}

function sampled<T>(all: readonly T[]): T[] {
  if (all.length <= SAMPLE) return [...all]
  return Array.from({ length: SAMPLE }, (_, index) => all[Math.floor(((index + 0.5) * all.length) / SAMPLE)] as T)
}

describeLab('a rehearsal that is struck at a system call', () => {
  let etc: PrivateEtc
  let agent: CrashAgent
  let before: string
  let points: Omit<Fault, 'how'>[] = []
  const machine = readFileSync('/etc/hosts', 'utf8')

  beforeAll(async () => {
    etc = await PrivateEtc.open()
    agent = new CrashAgent(etc)
    before = etc.snapshot()
    // The first one makes folders that are there from then on.
    await agent.rehearse(CALLS)
    const { trace, code, said } = await agent.rehearse(CALLS)
    expect(code, said).toBe(0)
    points = [...countsOf(trace)].flatMap(([call, count]) =>
      Array.from({ length: count }, (_, index) => ({ call, nth: index + 1 })),
    )
    // Without points the tests below would pass without striking anything.
    expect(points.length).toBeGreaterThan(15)
  })
  afterAll(() => etc?.[Symbol.dispose]())

  test('leaves the host as it was when nothing strikes it', () => {
    expect(etc.snapshot()).toBe(before)
    expect(agent.openRecords).toEqual([])
  })

  test('is put back after kill -9 at any of them', async () => {
    for (const point of sampled(points)) {
      const { trace } = await agent.rehearse(CALLS, { ...point, how: 'signal=KILL' })
      expect(trace.includes('killed by SIGKILL'), `killed at ${point.call} ${point.nth}`).toBe(true)
      expect(await agent.run(['revert', '--all']), `${point.call} ${point.nth}`).toMatchObject({ code: 0 })
      expect(etc.snapshot(), `${point.call} ${point.nth}`).toBe(before)
      await agent.run(['revert', '--all', '--cause', 'recovery'])
      expect(agent.openRecords, `${point.call} ${point.nth}`).toEqual([])
    }
  })

  test('is put back after a disk error at any of them', async () => {
    for (const point of sampled(points)) {
      const { trace } = await agent.rehearse(CALLS, { ...point, how: 'error=ENOSPC' })
      expect(trace.includes('(INJECTED)'), `failed at ${point.call} ${point.nth}`).toBe(true)
      await agent.run(['revert', '--all', '--cause', 'recovery'])
      expect(etc.snapshot(), `${point.call} ${point.nth}`).toBe(before)
      expect(agent.openRecords, `${point.call} ${point.nth}`).toEqual([])
    }
  })

  test('never touches the machine’s own hosts file', () => {
    expect(readFileSync('/etc/hosts', 'utf8')).toBe(machine)
  })
})
