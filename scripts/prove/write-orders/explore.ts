import { Random } from '../random.ts'
import { type Aftermath, aftermathOf } from './aftermath.ts'
import { imagesAt, pointsOf } from './choose.ts'
import type { Image, Stage } from './stage.ts'
import { type Agent, record, type Subject } from './story.ts'
import { stepAt } from './timeline.ts'

/** One state of the disks after which a promise was broken. */
export interface Broken {
  readonly image: Image
  /** What the agent was doing when the power went. */
  readonly step: string
  readonly aftermath: Aftermath
}

/** What was found in one recording. */
export interface Exploration {
  readonly subject: Subject
  readonly writes: number
  /** Moments in which the power was cut. */
  readonly points: number
  /** States of the disks that were built and mounted. */
  readonly images: number
  /** How many of them differ in what a program could see: each of these booted and rolled back. */
  readonly states: number
  readonly changed: number
  readonly falseIdentical: number
  readonly stuck: number
  /** The first state of each kind; others that look the same are only counted. */
  readonly broken: readonly Broken[]
  /** The folder in which the recording was kept, because something broke; else null. */
  readonly kept: string | null
}

export interface Exploring {
  readonly agent: Agent
  readonly seed: number
  /** States at each point. */
  readonly atMost: number
  /** Points taken, spread evenly by chance; default: all. */
  readonly points?: number
  /** Begins at the end, and ends with the first state that breaks a promise. */
  readonly once?: boolean
  /** Where the recording is kept when something breaks. */
  readonly keepAt: string
  readonly stop: AbortSignal
}

/** Records one story, and boots from what a power cut at any of its moments may leave. */
export async function explore(stage: Stage, subject: Subject, how: Exploring): Promise<Exploration> {
  const recording = await record(stage, subject, how.agent)
  const { entries, from, calls } = recording
  const random = new Random(how.seed)
  const points = some(pointsOf(entries, from), how.points, random)
  const known = new Map<string, Aftermath>()
  const counts = { images: 0, changed: 0, falseIdentical: 0, stuck: 0 }
  const broken = new Map<string, Broken>()
  let taken = 0
  for (const point of how.once === true ? points.toReversed() : points) {
    if (how.stop.aborted || (how.once === true && broken.size > 0)) break
    taken += 1
    for (const image of imagesAt(entries, point, how.atMost, random)) {
      const aftermath = await aftermathOf(stage, recording, image, how.agent, known)
      counts.images += 1
      for (const what of ['changed', 'falseIdentical', 'stuck'] as const) counts[what] += aftermath[what] ? 1 : 0
      if (aftermath.broken.length === 0 || broken.has(aftermath.state)) continue
      const step = stepAt(calls, entries[point - 1]?.atS ?? 0)
      broken.set(aftermath.state, { image, step, aftermath })
    }
  }
  if (broken.size > 0) await stage.ask('keep', { folder: how.keepAt, about: recording })
  await stage.ask('clear', {})
  const writes = entries.slice(from).filter(({ write }) => write).length
  const kept = broken.size > 0 ? how.keepAt : null
  return { subject, writes, points: taken, states: known.size, ...counts, broken: [...broken.values()], kept }
}

function some(points: readonly number[], atMost: number | undefined, random: Random): readonly number[] {
  if (atMost === undefined || points.length <= atMost) return points
  const chosen = points.map((point) => [random.fraction(), point] as const).sort(([a], [b]) => a - b)
  return chosen
    .slice(0, atMost)
    .map(([, point]) => point)
    .sort((a, b) => a - b)
}
