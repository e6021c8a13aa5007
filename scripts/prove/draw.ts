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
    (one) =>
      (one.only ?? world) === world &&
      (choice.action === null || one.action === choice.action) &&
      ableFor(one, choice).length > 0,
  )
  if (actions.length === 0) throw new Error(nothingFor(choice))
  const chosen = random.pick(actions)
  const scene = world === 'lab' ? 0 : random.below(chosen.settings.length)
  const scenario = pickScenario(random, ableFor(chosen, choice))
  const disk = world === 'lab' ? { disk: choice.disk ?? random.pick(DISKS) } : {}
  const steps = scenario.steps(random, await pointsOf(chosen, scene, disk.disk, scenario.lease === 'struck'))
  return { seed, world, ...disk, action: chosen.action, scene, scenario: scenario.name, steps: [...steps] }
}

/** What may befall an action of the choice. */
function ableFor({ restarts }: Proved, { world, scenario, quick = false }: Choice): readonly Scenario[] {
  return scenarios.filter(
    ({ name, worlds, lease, restart }) =>
      worlds.includes(world) &&
      (scenario === null || name === scenario) &&
      !(quick && lease !== undefined) &&
      (restarts === true ? restart !== undefined : restart !== 'only'),
  )
}

function pickScenario(random: Random, able: readonly Scenario[]): Scenario {
  let at = random.fraction() * able.reduce((sum, { weight }) => sum + weight, 0)
  for (const one of able) {
    at -= one.weight
    if (at < 0) return one
  }
  throw new Error('There is no scenario to choose from.')
}

function nothingFor({ world, action, scenario }: Choice): string {
  const names = scenarios.map(({ name }) => name).join(', ')
  return `There is no proof of ${action ?? 'any action'} in the ${world} world with the scenario ${scenario ?? 'of any name'}. Scenarios: ${names}.`
}
