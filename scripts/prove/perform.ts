import { diffManifests } from '../lab/manifest.ts'
import { provedNamed } from './actions.ts'
import { judge, type Outcome, outcomesIn, outcomesInLines } from './judge.ts'
import { type Person, unexplained } from './people.ts'
import { peopleOf } from './proved.ts'
import type { Schedule, Step } from './schedule.ts'
import type { Ended, World } from './world.ts'

/** How often the host "goes on": a start of the agent that finds something open is followed by another. */
const STARTS = 3

/** The file of the person who said halt has come and gone. */
const HALTING = /^files \/etc\/chaos-lite: mtime /

/** What became of one schedule. */
export interface Finding {
  readonly schedule: Schedule
  /** False: a fault was asked for at a point that this run never came to. Then it proves nothing, and counts as nothing. */
  readonly struck: boolean
  /** One line for each thing that is not as it was; empty is the promise kept. */
  readonly differences: readonly string[]
  readonly changed: boolean
  /** The program said "identical", and it was not. */
  readonly falseIdentical: boolean
  /** What stayed in the journal, in the program's own words. */
  readonly stuck: readonly string[]
  /** Everything that breaks a promise, in sentences; empty is good. */
  readonly broken: readonly string[]
  /** Everything that was said, for whoever looks into it. */
  readonly log: readonly string[]
}

/** Lets one schedule happen to a fresh host, lets the host go on, and compares it with itself before. */
export async function perform(world: World, schedule: Schedule): Promise<Finding> {
  const proved = provedNamed(schedule.action)
  await world.fresh(proved, schedule.scene, schedule.disk)
  const before = await world.manifest()
  const log: string[] = []
  const ended: Ended[] = []
  for (const [index, step] of schedule.steps.entries()) {
    const next = schedule.steps[index + 1]?.do
    // What was said of a host that no longer is says nothing of the one that was put in its place.
    if (step.do === 'restore snapshot') ended.length = 0
    const results = await take(world, step, schedule, next === 'power cut' || next === 'reboot')
    log.push(`— ${JSON.stringify(step)}`, ...results.flatMap(linesOf))
    ended.push(...results)
  }
  for (const { goOn } of [...ended]) {
    const later = await goOn?.()
    if (later !== undefined) ended.push(later)
    log.push(...(later === undefined ? [] : ['— what was frozen went on', ...linesOf(later)]))
  }
  let last: Ended | null = null
  if (schedule.steps.some((step) => step.do === 'reboot' || step.do.startsWith('restore'))) {
    // The boot has two phases; where systemd does not run, nobody but us is there to begin them.
    const early = await world.agent({ args: [...RECOVER, '--phase', 'early'] })
    log.push('— the boot begins', ...linesOf(early))
    ended.push(early)
  }
  for (let start = 1; start <= STARTS && !isSettled(last); start += 1) {
    last = await world.agent({ args: RECOVER })
    log.push(`— the agent starts (${start})`, ...linesOf(last))
    ended.push(last)
  }
  const settled = isSettled(last)
  const restartsStill = settled && (await world.isRestarting())
  const booted = await world.bootSaid()
  if (booted !== '') log.push('— the units of the boot said', ...booted.trim().split('\n'))
  const isHalted = schedule.steps.some((step) => step.do === 'halt')
  const people = schedule.steps.flatMap((step) => (step.do === 'people' ? [personOf(schedule, step.what)] : []))
  const lost: string[] = []
  for (const { title, still } of people) if (!(await world.shell(still))) lost.push(title)
  const found = diffManifests(before, await world.manifest()).filter((line) => !(isHalted && HALTING.test(line)))
  const differences = unexplained(found, people)
  const isRefused = proved.settings[schedule.scene]?.refused === true
  const outcomes: Outcome[] = [...ended.flatMap(({ stdout }) => outcomesIn(stdout)), ...outcomesInLines(booted)]
  const struck = ended.every((each) => each.struck !== false)
  const mayBeStuck = schedule.scenario === 'restored'
  const faultless = schedule.scenario === 'nothing'
  const mixed = people.some(({ sameThing }) => sameThing === true)
  const verdict = judge({
    ...{ lost, mixed, isRefused },
    ended,
    outcomes,
    differences,
    settled,
    restartsStill,
    faultless,
    mayBeStuck,
  })
  return { schedule, struck, differences, ...verdict, log }
}

export const RECOVER = ['revert', '--all', '--cause', 'recovery', '--json'] as const

async function take(world: World, step: Step, schedule: Schedule, hasty: boolean): Promise<readonly Ended[]> {
  switch (step.do) {
    case 'rehearse':
      return [await world.agent({ args: rehearsal(schedule, step), fault: step.fault, hasty })]
    case 'drill':
      return [await world.drill(step)]
    case 'restart':
      return [await world.restart(rehearsal(schedule, HOLD), step.cutAfterMs)]
    case 'recover': {
      const args = step.early === true ? [...RECOVER, '--phase', 'early'] : RECOVER
      return [await world.agent({ args, fault: step.fault, hasty })]
    }
    case 'people': {
      const person = personOf(schedule, step.what)
      if (await world.shell(person.does)) return []
      throw new Error(`Nobody could do this on the host: ${person.title}.`)
    }
    case 'halt':
      return [
        await world.agent({ args: ['halt', '--json'] }),
        await world.agent({ args: ['halt', '--lift', '--json'] }),
      ]
    case 'failsafe':
      return [await world.agent({ args: await failsafe(world), fault: step.fault })]
    case 'recover and failsafe': {
      const timer = await failsafe(world)
      return Promise.all([world.agent({ args: RECOVER, fault: step.fault }), world.agent({ args: timer })])
    }
    default:
      await befall(world, step.do)
      return []
  }
}

function personOf({ action, scene }: Schedule, what: number): Person {
  const person = peopleOf(provedNamed(action), scene)[what]
  if (person) return person
  throw new Error(`Nobody does anything with the number ${what} while ${action} is in place.`)
}

/** What happens to the host itself. */
async function befall(
  world: World,
  what: Exclude<Step['do'], 'rehearse' | 'drill' | 'restart' | 'recover' | 'halt' | 'people' | `${string}failsafe`>,
) {
  switch (what) {
    case 'reboot':
      return world.reboot()
    case 'power cut':
      return world.powerCut()
    case 'disk full':
      return world.fillDisk()
    case 'disk read-only':
      return world.writeProtect()
    case 'disk mended':
      return world.mendDisk()
    case 'upgrade':
      return world.upgrade()
    case 'snapshot':
      return world.snapshot()
    case 'restore snapshot':
      return world.restoreSnapshot()
    case 'restore old journal':
      return world.restoreOldJournal()
  }
}

const HOLD = { do: 'rehearse', holdMs: 600_000, fault: { kind: 'kill while held' } } as const

/** A person's rehearsal; while it is held there is nothing to read but its lines. */
export function rehearsal(schedule: Pick<Schedule, 'action' | 'scene'>, step: Step & { do: 'rehearse' }): string[] {
  const { params } = provedNamed(schedule.action).settings[schedule.scene] ?? { params: {} }
  const how = step.fault?.kind === 'kill while held' ? [] : ['--json']
  const hold = ['--hold', `${step.holdMs}ms`]
  return ['rehearse', schedule.action, '--with', JSON.stringify(params), ...hold, '--yes', ...how]
}

async function failsafe(world: World): Promise<string[]> {
  const record = await world.newestRecord()
  // Without a record the timer's process finds nothing to do: any id will do.
  return ['revert', '--record', record ?? '0'.repeat(26), '--cause', 'failsafe', '--json']
}

/** Nothing is open and nothing is unreadable. */
export function isSettled(last: Ended | null): boolean {
  if (last === null) return false
  const answer = lastJson(last.stdout) as { open?: number; unreadable?: unknown[] } | null
  return answer !== null && answer.open === 0 && answer.unreadable?.length === 0
}

export function lastJson(text: string): unknown {
  const line = text.trim().split('\n').at(-1) ?? ''
  try {
    return line.startsWith('{') ? JSON.parse(line) : null
  } catch {
    return null
  }
}

function linesOf(ended: Ended): string[] {
  const end = `ended with ${ended.code ?? 'a signal'}${ended.struck === false ? ', never struck' : ''}`
  return [...ended.stdout.split('\n'), ...ended.stderr.split('\n'), end].filter((line) => line !== '')
}
