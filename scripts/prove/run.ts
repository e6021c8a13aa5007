import { type Choice, draw } from './draw.ts'
import { type Finding, perform } from './perform.ts'
import { PointBook } from './points.ts'
import type { Schedule } from './schedule.ts'
import type { World } from './world.ts'

/** Which schedules to run, and how long at the most. */
export interface Order {
  readonly choice: Choice
  /** The first seed; the n-th schedule has the seed `seed` + n - 1. */
  readonly seed: number
  readonly schedules: number
  /** No schedule is begun after this time. */
  readonly forMs: number
  /** Worlds at work side by side. */
  readonly jobs: number
  /** What was counted before, where several orders follow each other. */
  readonly book?: PointBook
  openWorld(): Promise<World>
  /** Called after each, in the order in which they end. */
  onFinding(finding: Finding): void
  /** Called when a schedule could not be run at all: the host was not to be had, or the machine too slow. */
  onFailure(seed: number, thrown: unknown): void
  readonly stop: AbortSignal
}

/** So many schedules in a row that cannot be run mean that none can. */
const MOST_FAILURES = 5

/** Runs the schedules of consecutive seeds. @throws Error when nothing can be run here */
export async function runOrder(order: Order): Promise<void> {
  const { book = new PointBook() } = order
  const until = performance.now() + order.forMs
  let next = 0
  const isOn = () => next < order.schedules && performance.now() < until && !order.stop.aborted
  let failures = 0
  const work = async (): Promise<void> => {
    while (isOn()) {
      await using world = await order.openWorld()
      while (isOn()) {
        const seed = order.seed + next
        next += 1
        try {
          const schedule = await draw(seed, order.choice, (...which) => book.of(world, ...which))
          const finding = await perform(world, schedule)
          // Whoever stops us by Ctrl-C, or by timeout(1), stops the services of pretended hosts as well.
          if (order.stop.aborted) break
          order.onFinding(finding)
          failures = 0
        } catch (thrown) {
          failures += 1
          if (failures >= MOST_FAILURES) throw thrown
          order.onFailure(seed, thrown)
          break // with a world of its own, which may not be what it was
        }
      }
    }
  }
  const jobs = Math.min(order.jobs, order.schedules)
  await Promise.all(Array.from({ length: jobs }, work))
}

/** Runs one schedule that was kept. */
export async function replay(openWorld: () => Promise<World>, schedule: Schedule): Promise<Finding> {
  await using world = await openWorld()
  return await perform(world, schedule)
}
