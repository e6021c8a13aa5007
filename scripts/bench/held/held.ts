import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, Row } from '../bench.ts'
import { median, ms, percentile } from '../statistics.ts'
import { isRealTime, type WorstHolds } from './turns.ts'
import { type Asked, stopAllMs, worst } from './worst.ts'

const ROUNDS = 5
/** A user who asks for that much every so long stays within the share of one user. */
const BETWEEN_MS = 45_000
const HOSTS = 5
const FACTS_PER_HOST = 10_000
const HELD_AT_MOST_MS = 50
const ANSWER_AT_MOST_MS = 1_000

const REAL_TIME =
  'Other work used the processors of this machine, so all programs of this bench ran before it (`chrt --rr 1`), as they would on a machine of their own.'

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
  say(`the first time: ${figures(first)}`)
  for (let round = 1; round <= rounds; round += 1) {
    // What was used up is paid back: every round asks for the same.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    await controller.holds()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    idle.push(await controller.holds())
    stops.push(...(await stopsDuring(controller, worst(controller))))
    const holds = await controller.holds()
    busy.push(holds)
    say(`round ${round}: ${figures(holds)}`)
  }
  return { first, idle, busy, stops }
}

function figures({ wallMs, cpuMs, ownMs }: WorstHolds): string {
  return `computing ${ms(cpuMs)}, without waiting for a processor ${ms(ownMs)}, on the clock ${ms(wallMs)}`
}

function rowsOf({ first, idle, busy, stops }: Found): Row[] {
  const slowest = percentile(stops, 1)
  const row = (what: string, key: keyof WorstHolds, target: number | null): Row => {
    const of = (holds: readonly WorstHolds[]) => median(holds.map((one) => one[key]))
    const found = of(busy)
    const most = Math.max(...busy.map((one) => one[key]))
    return {
      what,
      ours: `${ms(found)}; in the worst round ${ms(most)}; when the run is first read ${ms(first[key])}`,
      against: `the same controller idle: ${ms(of(idle))}`,
      result: ms(found),
      target: target === null ? '-' : `at most ${ms(target)}`,
      met: target === null ? null : found <= target,
    }
  }
  return [
    row('Event loop held by computing, worst: while the worst permitted requests run', 'cpuMs', HELD_AT_MOST_MS),
    row(
      'the same with blocking: system calls, locks, helper threads of the garbage collector',
      'ownMs',
      HELD_AT_MOST_MS,
    ),
    row('the same on the clock: with waiting for a processor that others have', 'wallMs', null),
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
    `In the controller a timer beats every 5 ms; a hold is how late a beat comes. At each beat the kernel's own count for its thread is read (\`/proc/thread-self/schedstat\`): how long it computed, and how long it was ready to compute while other threads and processes had every processor. Each figure is the worst hold of its kind in one round, and then the median of ${busy.length} rounds.`,
    'Computing is what the code of the controller decides, and depends least on the machine. Blocking is the rest without the waiting for a processor: each stop and each batch of facts is committed with a full sync, on this thread, so a slow disk holds it; the garbage collector waits for its helper threads, and page faults for locks of other threads, and on a machine whose processors are all taken those wait for a processor in their turn. On an almost idle machine the longest hold of a round was 52 ms on the clock: 38 ms of computing, 8 ms of waiting for a processor, and 5 ms of blocking.',
    'An earlier version of this page gave one figure, 71.5 ms on the clock. A trace of the longest holds showed why. On an almost idle machine the longest one was 52 ms on the clock: 38 ms of computing, 8 ms of waiting for a processor, 5 ms of blocking. On a busy one (load 14 to 26 on two processors) it was up to 900 ms on the clock: at most 59 ms of computing, most of it in the garbage collector or catching up with everything that had become ready while the thread waited; up to 800 ms of waiting for a processor; up to 160 ms in the sync of one commit that computed for 1 ms; and stopping everything took up to 2.3 s.',
    ...(isRealTime() ? [REAL_TIME] : []),
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
