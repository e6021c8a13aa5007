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
  openWorld(): Promise<World>
  /** Called after each, in the order in which they end. */
  onFinding(finding: Finding): void
  readonly stop: AbortSignal
}

/** Runs the schedules of consecutive seeds. @throws Error when a world cannot be made, or an action fails undisturbed */
export async function runOrder(order: Order): Promise<void> {
  const book = new PointBook()
  const until = performance.now() + order.forMs
  let next = 0
  const work = async (): Promise<void> => {
    await using world = await order.openWorld()
    while (next < order.schedules && performance.now() < until && !order.stop.aborted) {
      const seed = order.seed + next
      next += 1
      const schedule = await draw(seed, order.choice, (...which) => book.of(world, ...which))
      order.onFinding(await perform(world, schedule))
    }
  }
  const jobs = Math.min(order.jobs, order.schedules)
  await Promise.all(Array.from({ length: jobs }, work))
}

/** Runs one schedule that was kept. */
export async function replay(openWorld: () => Promise<World>, schedule: Schedule): Promise<Finding> {
  await using world = await openWorld()
  return perform(world, schedule)
}
