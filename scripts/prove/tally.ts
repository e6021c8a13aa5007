import * as z from 'zod'
import type { Finding } from './perform.ts'

const Cell = z.strictObject({
  action: z.string(),
  scenario: z.string(),
  world: z.string(),
  /** Schedules whose every fault came. */
  run: z.int(),
  changed: z.int(),
  falseIdentical: z.int(),
  stuck: z.int(),
  /** Of recorded disks: moments of a power cut, and how many of the states (`run`) differ in what a program could see. */
  points: z.int().optional(),
  states: z.int().optional(),
})
export type Cell = z.infer<typeof Cell>

/** What one call of `npm run prove` did, as a file that the table is made from. */
export const Tally = z.strictObject({
  format: z.literal(1),
  date: z.string(),
  commit: z.string(),
  machine: z.string(),
  /** A digest of the agent's program: counts belong together where it is the same, whatever else was committed. */
  program: z.string(),
  seed: z.int(),
  worlds: z.array(z.string()),
  disks: z.array(z.string()),
  seconds: z.int(),
  /** Schedules whose fault never came: they prove nothing and are counted nowhere else. */
  missed: z.int(),
  cells: z.array(Cell),
  /** Seeds, or whole schedules, of what broke a promise. */
  broken: z.array(z.string()),
})
export type Tally = z.infer<typeof Tally>

/** Adds up findings by action and scenario. */
export class Counter {
  readonly #cells = new Map<string, Cell>()
  readonly disks = new Set<string>()
  missed = 0
  run = 0
  readonly broken: Finding[] = []

  add(finding: Finding): void {
    const { action, scenario, world, disk } = finding.schedule
    if (finding.broken.length > 0) this.broken.push(finding)
    if (!finding.struck) {
      this.missed += 1
      return
    }
    this.run += 1
    if (disk !== undefined) this.disks.add(disk)
    const key = JSON.stringify([action, scenario, world])
    const before = this.#cells.get(key) ?? { action, scenario, world, run: 0, changed: 0, falseIdentical: 0, stuck: 0 }
    this.#cells.set(key, {
      ...before,
      run: before.run + 1,
      changed: before.changed + (finding.changed ? 1 : 0),
      falseIdentical: before.falseIdentical + (finding.falseIdentical ? 1 : 0),
      stuck: before.stuck + (finding.stuck.length > 0 ? 1 : 0),
    })
  }

  get cells(): readonly Cell[] {
    return [...this.#cells.values()]
  }
}

/** Cells of several calls as one table. */
export function sum(tallies: readonly Tally[]): Cell[] {
  const all = new Map<string, Cell>()
  for (const cell of tallies.flatMap(({ cells }) => cells)) {
    const key = JSON.stringify([cell.action, cell.scenario, cell.world])
    const known = all.get(key)
    if (known === undefined) all.set(key, { ...cell })
    else {
      for (const name of ['run', 'changed', 'falseIdentical', 'stuck'] as const) known[name] += cell[name]
      for (const name of ['points', 'states'] as const)
        if (cell[name] !== undefined) known[name] = (known[name] ?? 0) + cell[name]
    }
  }
  return [...all.values()]
}
