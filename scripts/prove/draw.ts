import { proved } from './actions.ts'
import type { Proved } from './proved.ts'
import { Random } from './random.ts'
import { type Points, type Scenario, scenarios } from './scenarios.ts'
import type { Schedule } from './schedule.ts'

/** What may be drawn. */
export interface Choice {
  readonly world: Schedule['world']
  readonly action: string | null
  readonly scenario: string | null
  readonly disk: Schedule['disk'] | null
  /** Nothing that waits for a lease to end. */
  readonly quick?: boolean
}

/** Where an action can be struck; asked of a host at the first draw that needs it. */
export type PointsOf = (proved: Proved, scene: number, disk: Schedule['disk'], linked: boolean) => Promise<Points>

export const DISKS = ['ext4', 'ext4-noauto', 'xfs'] as const

/** The schedule of one seed: the same for the same program, choice and seed. */
export async function draw(seed: number, choice: Choice, pointsOf: PointsOf): Promise<Schedule> {
  const random = new Random(seed)
  const { world } = choice
  const actions = proved.filter(
    ({ action, only }) => (only ?? world) === world && (choice.action === null || action === choice.action),
  )
  if (actions.length === 0) throw new Error(`There is no proof of "${choice.action}" in the ${world} world.`)
  const chosen = random.pick(actions)
  const scene = world === 'lab' ? 0 : random.below(chosen.settings.length)
  const scenario = pickScenario(random, choice)
  const disk = world === 'lab' ? { disk: choice.disk ?? random.pick(DISKS) } : {}
  const steps = scenario.steps(random, await pointsOf(chosen, scene, disk.disk, scenario.lease === 'struck'))
  return { seed, world, ...disk, action: chosen.action, scene, scenario: scenario.name, steps: [...steps] }
}

function pickScenario(random: Random, { world, scenario, quick = false }: Choice): Scenario {
  const able = scenarios.filter(
    ({ name, worlds, lease }) =>
      worlds.includes(world) && (scenario === null || name === scenario) && !(quick && lease !== undefined),
  )
  let at = random.fraction() * able.reduce((sum, { weight }) => sum + weight, 0)
  for (const one of able) {
    at -= one.weight
    if (at < 0) return one
  }
  const names = scenarios.map(({ name }) => name).join(', ')
  throw new Error(`There is no scenario "${scenario}" in the ${world} world. There are: ${names}.`)
}
