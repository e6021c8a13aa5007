import { proved } from './actions.ts'
import { doableIn } from './people.ts'
import { fits, type Proved, peopleOf } from './proved.ts'
import { Random } from './random.ts'
import type { Points, Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import type { Schedule } from './schedule.ts'

/** What may be drawn. */
export interface Choice {
  readonly world: Schedule['world']
  readonly action: string | null
  readonly scenario: string | null
  readonly disk: Schedule['disk'] | null
  /** Only this set-up of the action. */
  readonly scene?: number | undefined
  /** Nothing that waits for a lease to end. */
  readonly quick?: boolean
}

/** Where an action can be struck; asked of a host at the first draw that needs it. */
export type PointsOf = (proved: Proved, scene: number, disk: Schedule['disk'], linked: boolean) => Promise<Points>

const NO_POINTS: Points = { rehearse: new Map(), recover: new Map(), drill: new Map() }

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
  const scenario = pickScenario(random, ableFor(chosen, choice))
  const scene = random.pick(scenesFor(chosen, world, scenario, choice.scene))
  const disk = world === 'lab' ? { disk: choice.disk ?? random.pick(DISKS) } : {}
  // Where the agent refuses, there is nothing to strike at.
  const isRefused = chosen.settings[scene]?.refused === true
  const points = isRefused ? NO_POINTS : await pointsOf(chosen, scene, disk.disk, scenario.lease === 'struck')
  const steps = scenario.steps(random, points, doableIn(peopleOf(chosen, scene), world, scenario.people))
  return { seed, world, ...disk, action: chosen.action, scene, scenario: scenario.name, steps: [...steps] }
}

/** What may befall an action of the choice. */
function ableFor(proved: Proved, { world, scenario, scene, quick = false }: Choice): readonly Scenario[] {
  return scenarios.filter(
    (one) =>
      one.worlds.includes(world) &&
      (scenario === null || one.name === scenario) &&
      !(quick && one.lease !== undefined) &&
      scenesFor(proved, world, one, scene).length > 0 &&
      (proved.restarts === true ? one.restart !== undefined : one.restart !== 'only'),
  )
}

function scenesFor(
  proved: Proved,
  world: Choice['world'],
  { name, people }: Scenario,
  only?: number,
): readonly number[] {
  return proved.settings.flatMap((one, index) => {
    const isMeant = only === undefined || index === only
    const isAlone = people !== undefined && doableIn(peopleOf(proved, index), world, people).length === 0
    return isMeant && !isAlone && fits(one, index, world, name) ? [index] : []
  })
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
