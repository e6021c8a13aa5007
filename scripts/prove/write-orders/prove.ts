import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { dist, root } from '../../build/places.ts'
import { aboutRun } from '../about.ts'
import { makeBundles } from '../namespace/bundles.ts'
import type { Options } from '../options.ts'
import { freshSeed } from '../random.ts'
import type { Tally } from '../tally.ts'
import { type Aftermath, aftermathOf } from './aftermath.ts'
import { agentOf } from './agent.ts'
import { type Exploration, explore } from './explore.ts'
import type { ImageOf } from './image-of.ts'
import { openStage } from './stage.ts'
import type { Recording } from './story.ts'
import { rowOf, subjectOf } from './subjects.ts'

/** Recordings of the whole proof: each action on each kind of disk, three times. */
const WHOLE = 126
const STATES_AT_A_POINT = 16
/** A kernel that writes by itself flushes so often that most moments are alike. */
const RESTLESS_POINTS = 100
/** So many recordings in a row that fail mean that none can be made here. */
const MOST_FAILURES = 5

interface Asked {
  readonly options: Options
  readonly say: (line: string) => void
  readonly stop: AbortSignal
}

/** Records the disks of many hosts, and boots from what a power cut may leave on them. */
export async function proveOrders({ options, say, stop }: Asked): Promise<Tally> {
  const seed = options.seed ?? freshSeed()
  const recordings = options.schedules ?? WHOLE
  say(`orders: ${recordings} recordings from seed ${seed}`)
  const began = performance.now()
  const about = await aboutRun()
  const agent = agentOf(await makeBundles(), options.leaveOut ?? null)
  const found: Exploration[] = []
  const broken: string[] = []
  let missed = 0
  let next = 0
  let failures = 0
  const work = async (): Promise<void> => {
    while (next < recordings && performance.now() - began < options.minutes * 60_000 && !stop.aborted) {
      const at = seed + next
      next += 1
      const keepAt = join(dist, 'prove-orders', String(at))
      await using stage = openStage()
      try {
        const subject = subjectOf(at, options)
        const few = subject.syncSeed === null ? {} : { points: RESTLESS_POINTS }
        const how = { agent, seed: at, atMost: STATES_AT_A_POINT, keepAt, stop, ...few }
        const exploration = await explore(stage, subject, how)
        found.push(exploration)
        say(`  seed ${at}: ${brief(exploration)}`)
        broken.push(...sayBroken(exploration, say))
        failures = 0
      } catch (thrown) {
        missed += 1
        failures += 1
        say(`seed ${at} could not be run: ${String(thrown).slice(0, 1000)}`)
        if (failures >= MOST_FAILURES) throw thrown
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.jobs, recordings) }, work))
  const seconds = Math.round((performance.now() - began) / 1000)
  const disks = [...new Set(found.map(({ subject }) => subject.disk))].sort()
  return { ...about, seed, worlds: ['orders'], disks, seconds, missed, cells: found.map(cellOf), broken }
}

/** Builds one kept state again, and boots from it. */
export async function replayState({ recording, ...image }: ImageOf, say: Asked['say']): Promise<number> {
  const folder = join(root, recording)
  const kept = JSON.parse(await readFile(join(folder, 'recording.json'), 'utf8')) as Recording
  await using stage = openStage()
  await stage.ask('load', { folder, kind: kept.subject.disk, layout: kept.subject.layout })
  const aftermath = await aftermathOf(stage, kept, image, agentOf(await makeBundles()), new Map<string, Aftermath>())
  for (const line of [JSON.stringify(kept.subject), ...aftermath.log, ...aftermath.broken]) say(line)
  await stage.ask('clear', {})
  say(`${aftermath.broken.length} promises broken`)
  return aftermath.broken.length === 0 ? 0 : 1
}

function brief({ subject, points, images, states, changed, broken }: Exploration): string {
  const { action, scene, disk, layout, story, syncSeed } = subject
  const what = `${action} ${scene}, ${story}${syncSeed === null ? '' : ', restless'}, ${disk}, ${layout}`
  return `${what}: cut at ${points} moments, ${images} states of the disks, ${states} of them different, ${changed} left changed, ${broken.length} kinds broken`
}

function sayBroken({ broken, kept }: Exploration, say: Asked['say']): string[] {
  return broken.map(({ image, step, aftermath }) => {
    const state = JSON.stringify({ recording: relative(root, kept ?? ''), ...image })
    say(`BROKEN npm run prove -- --state '${state}'`)
    for (const line of [`  at ${step}`, ...aftermath.broken, ...aftermath.log]) say(`    ${line.slice(0, 800)}`)
    return state
  })
}

function cellOf(found: Exploration): Tally['cells'][number] {
  const { images: run, points, states, changed, falseIdentical, stuck } = found
  const { action } = found.subject
  return {
    action,
    scenario: rowOf(found.subject),
    world: 'orders',
    run,
    points,
    states,
    changed,
    falseIdentical,
    stuck,
  }
}
