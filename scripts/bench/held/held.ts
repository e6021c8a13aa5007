import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, Row } from '../bench.ts'
import { median, ms, percentile } from '../statistics.ts'
import type { WorstHolds } from './turns.ts'
import { type Asked, stopAllMs, worst } from './worst.ts'

const ROUNDS = 5
/** A user who asks for that much every so long stays within the share of one user. */
const BETWEEN_MS = 45_000
const HOSTS = 5
const FACTS_PER_HOST = 10_000
const HELD_AT_MOST_MS = 50
const ANSWER_AT_MOST_MS = 1_000

interface Controller extends Asked {
  /** The longest holds of its event loop since this was asked before. */
  holds(): Promise<WorstHolds>
}

interface Found {
  /** While the run is read from the store for the first time. */
  readonly first: WorstHolds
  readonly idle: readonly WorstHolds[]
  readonly busy: readonly WorstHolds[]
  readonly stops: readonly number[]
}

/** How long requests keep the controller from renewing leases and from stopping everything. */
export const held: Bench = {
  name: 'held',
  title: 'What requests can hold up',
  async run({ folder, rounds, say }) {
    let found: Found | null = null
    await withController(folder, async (controller) => {
      found = await measured(controller, rounds ?? ROUNDS, say)
    })
    if (found === null) throw new Error('Nothing was measured.')
    return { rows: rowsOf(found), notes: notesOf(found) }
  },
}

async function measured(controller: Controller, rounds: number, say: (text: string) => void): Promise<Found> {
  const stops: number[] = []
  const [idle, busy]: [WorstHolds[], WorstHolds[]] = [[], []]
  await controller.holds()
  await worst(controller)
  const first = await controller.holds()
  say(`the first time: ${told(first)}`)
  for (let round = 1; round <= rounds; round += 1) {
    // What was used up is paid back: every round asks for the same.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    await controller.holds()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    idle.push(await controller.holds())
    stops.push(...(await stopsDuring(controller, worst(controller))))
    const holds = await controller.holds()
    busy.push(holds)
    say(`round ${round}: ${told(holds)}`)
  }
  return { first, idle, busy, stops }
}

function told({ wallMs, cpuMs, ownMs }: WorstHolds): string {
  return `${ms(ownMs)} by the controller itself (computing ${ms(cpuMs)}), ${ms(wallMs)} on the clock`
}

function rowsOf({ first, idle, busy, stops }: Found): Row[] {
  const of = (holds: readonly WorstHolds[], key: keyof WorstHolds) => median(holds.map((one) => one[key]))
  const own = of(busy, 'ownMs')
  const longest = Math.max(...busy.map(({ ownMs }) => ownMs))
  const slowest = percentile(stops, 1)
  const unjudged = { target: '-', met: null }
  return [
    {
      ...{ what: 'Event loop held by the controller itself, worst: while the worst permitted requests run' },
      ...{ ours: `${ms(own)}, of it computing at most ${ms(of(busy, 'cpuMs'))}` },
      ...{ against: `the same controller idle: ${ms(of(idle, 'ownMs'))}`, result: ms(own) },
      ...{ target: `at most ${ms(HELD_AT_MOST_MS)}`, met: own <= HELD_AT_MOST_MS },
    },
    {
      ...{ what: 'the same, the worst of all rounds', ours: ms(longest), against: '-' },
      ...{ result: ms(longest), ...unjudged },
    },
    {
      ...{
        what: 'the same, when the run is read from the store for the first time',
        ours: ms(first.ownMs),
        against: '-',
      },
      ...{ result: ms(first.ownMs), ...unjudged },
    },
    {
      ...{ what: 'the same, on the clock: with the time in which other threads and processes had the processors' },
      ...{ ours: ms(of(busy, 'wallMs')), against: `the same controller idle: ${ms(of(idle, 'wallMs'))}` },
      ...{ result: ms(of(busy, 'wallMs')), ...unjudged },
    },
    {
      ...{ what: 'Stopping everything is answered meanwhile, the slowest', ours: ms(slowest), against: '-' },
      ...{ result: ms(slowest), target: `at most ${ms(ANSWER_AT_MOST_MS)}`, met: slowest <= ANSWER_AT_MOST_MS },
    },
  ]
}

function notesOf({ busy, stops }: Found): string[] {
  const facts = (HOSTS * FACTS_PER_HOST).toLocaleString('en')
  return [
    `One user asks at once: 6 × 100,000 opening brackets and 6 × 20,000 wrong lines to be checked as a drill, 6 × 1,000 dates of a schedule that fires on Mondays that are 29 February, 10 × the record and 4 × the state of a run with ${facts} facts; beside them everything is stopped again and again (${stops.length} times). The controller is a process of its own.`,
    `In the controller a timer beats every 5 ms; a hold is how late a beat comes. At each beat the kernel's own count of its thread is read (\`/proc/self/schedstat\`): the time in which it computed, and the time in which it was ready to compute but other threads and processes had every processor. A hold by the controller itself is the hold without that waiting: computing, system calls (each stop is synced to disk), and waiting for helper threads of the garbage collector. Each figure is the median of the worst of ${busy.length} rounds; the first time stands in a row of its own.`,
    'The time on the clock also depends on what else the machine does: the program that asks, the two threads that check drills and compute dates, and every other process share its processors. It is what a lease waits; more processors, or fewer neighbours, make it shorter, and the controller cannot. Before this was separated, 71.5 ms on the clock was published as the hold of the controller; a trace of the longest turns showed at most 50 ms of computing in any of them, and up to 800 ms of waiting for a processor.',
  ]
}

async function stopsDuring(controller: Asked, work: Promise<unknown>): Promise<number[]> {
  let running = true
  const over = work.finally(() => {
    running = false
  })
  const took: number[] = []
  while (running) took.push(await stopAllMs(controller))
  await over
  return took
}

async function withController(folder: string, measure: (controller: Controller) => Promise<void>): Promise<void> {
  const [data, drills] = [join(folder, 'data'), join(folder, 'drills')]
  await mkdir(drills, { recursive: true })
  const main = fileURLToPath(new URL('server.ts', import.meta.url))
  const argv = [main, data, drills, String(HOSTS), String(FACTS_PER_HOST)]
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  try {
    let said = ''
    while (!said.endsWith('\n')) said += String((await once(child.stdout ?? child, 'data'))[0])
    await measure({ ...JSON.parse(said), holds: () => holdsOf(child) })
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}

async function holdsOf(child: ChildProcess): Promise<WorstHolds> {
  const answered = once(child, 'message')
  child.send('holds')
  const [holds] = await answered
  return holds as WorstHolds
}
