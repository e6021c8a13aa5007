import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { worstOf } from '../../scripts/bench/held/turns.ts'
import { benches } from '../../scripts/bench/index.ts'
import { benchPage } from '../../scripts/bench/page.ts'
import { readTaken, replaced, type Taken } from '../../scripts/bench/record.ts'

const folder = new URL('../../docs/reference/', import.meta.url).pathname
const names = benches.map(({ name }) => name)

function taken(name: string, takenMs: number, machine = 'a machine'): Taken {
  const row = { what: `what ${name} is`, ours: '1 ms', against: '2 ms', result: '2 ×', target: '-', met: null }
  return { name, title: name, rows: [row], notes: ['as it is'], machine: [machine], takenMs }
}

test('the page of the benches says what was measured', async () => {
  const page = await readFile(join(folder, 'benchmarks.md'), 'utf8')
  expect(page).toBe(benchPage(await readTaken(join(folder, 'benchmarks.json')), names))
})

test('a bench that is measured again takes the place of itself alone', () => {
  const before = [taken('edit', 1_000), taken('fleet', 1_000)]
  const after = replaced(before, [taken('fleet', 2_000), taken('idle', 2_000)], ['edit', 'idle', 'fleet'])
  expect(after.map(({ name, takenMs }) => [name, takenMs])).toEqual([
    ['edit', 1_000],
    ['idle', 2_000],
    ['fleet', 2_000],
  ])
})

test('the page distinguishes the runs, and names what was never measured', () => {
  const page = benchPage([taken('edit', 0, 'an old machine'), taken('idle', 86_400_000)], ['edit', 'idle', 'truth'])
  expect(page).toContain('Taken on 1970-01-01 00:00 UTC (`edit`), on this machine:\n\n- an old machine\n')
  expect(page).toContain('Taken on 1970-01-02 00:00 UTC (`idle`), on this machine:\n\n- a machine\n')
  expect(page).toContain('Not taken: `truth`.')
})

test('what waited for a processor is no part of what the controller held itself, and each figure is the worst of its kind', () => {
  const preempted = { wallMs: 300, cpuMs: 10, waitedMs: 280 }
  const computing = { wallMs: 40, cpuMs: 35, waitedMs: 1 }
  expect(worstOf([preempted, computing])).toEqual({ wallMs: 300, cpuMs: 35, ownMs: 39 })
  // The timer's own wait of a few milliseconds lies in what the kernel counted, and never makes more than the hold.
  expect(worstOf([{ wallMs: 2, cpuMs: 5, waitedMs: 0 }])).toEqual({ wallMs: 2, cpuMs: 2, ownMs: 2 })
  expect(worstOf([])).toEqual({ wallMs: 0, cpuMs: 0, ownMs: 0 })
})
