import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Manifest } from '../../lab/manifest.ts'
import { provedNamed } from '../actions.ts'
import { DURABLE } from '../calls.ts'
import { isUndisturbed } from '../judge.ts'
import { startAgent } from '../namespace/start-agent.ts'
import { RECOVER, rehearsal } from '../perform.ts'
import { policyFor } from '../proved.ts'
import { Random } from '../random.ts'
import type { Ended, Start } from '../world.ts'
import { imagesAt, pointsOf } from './choose.ts'
import type { Entry, Image, Layout, Stage } from './stage.ts'
import { type Call, callsIn } from './timeline.ts'

const SHORT_MS = 30
const LONG_MS = 600_000
const LAST_POINTS = 4
const MANY = 100
const HELD = { kind: 'kill while held' } as const

export const STORIES = ['undisturbed', 'killed', 'cut'] as const
/**
 * `undisturbed`: a rehearsal, started and rolled back. `killed`: SIGKILL while held, and the next boot rolls back. `cut`: a power
 * cut while held or shortly before, and what is recorded is the boot that rolls back: the power goes a second time.
 */
export type Story = (typeof STORIES)[number]

/** What is written down, and where. */
export interface Subject {
  /** For what a story leaves to chance. */
  readonly seed: number
  readonly action: string
  readonly scene: number
  readonly disk: 'ext4' | 'ext4-noauto' | 'xfs'
  readonly layout: Layout
  readonly story: Story
  /** Now and then, as drawn from this seed, the kernel writes everything to the disk by itself; null: it never does. */
  readonly syncSeed: number | null
}

/** Everything the disks of one host were asked, from its first moment on. */
export interface Recording {
  readonly subject: Subject
  readonly entries: readonly Entry[]
  /** Where the agent's first start begins in `entries`. */
  readonly from: number
  readonly calls: readonly Call[]
  /** The host before. */
  readonly before: Manifest
}

/** The agent's program, and how it is started. */
export interface Agent {
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** Lets one story happen on fresh disks that are written down. @throws Error when the agent does not do its work there */
export async function record(stage: Stage, subject: Subject, agent: Agent): Promise<Recording> {
  const proved = provedNamed(subject.action)
  const setting = proved.settings[subject.scene]
  if (setting === undefined) throw new Error(`${proved.action} has no scene ${subject.scene}.`)
  const policy = { path: '/etc/chaos-lite/policy.yaml', text: policyFor([proved]) }
  const scene = [...(proved.orders ?? []), ...setting.things, policy]
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-orders-'))
  try {
    const { disk: kind, layout, syncSeed: sync_seed } = subject
    const { leader } = await stage.ask('record', { kind, layout, scene, sync_seed })
    const before = await stage.ask('manifest', {})
    let beganS = Date.now() / 1000
    const trace = join(folder, 'trace')
    const run = (host: number, start: Start) => tracedRun(host, agent, start, trace)
    if (subject.story === 'undisturbed') await undisturbed(run, subject, leader)
    else await held(run, subject, leader)
    if (subject.story === 'killed') await recovered(run, (await stage.ask('reboot', {})).leader)
    if (subject.story === 'cut') {
      const first = await stage.ask('cut', {})
      const image = anImage(first.entries, subject.seed)
      const next = await stage.ask('record_again', { ...image, sync_seed })
      beganS = Date.now() / 1000
      await recovered(run, next.leader)
    }
    const { entries } = await stage.ask('cut', {})
    const first = entries.findIndex(({ atS }) => atS >= beganS)
    // A boot that finds nothing to roll back writes nothing.
    const from = first === -1 ? entries.length : first
    if (first === -1 && subject.story !== 'cut') throw new Error('Nothing was written to the disks.')
    const calls = callsIn(await readFile(trace, 'utf8'))
    return { subject, entries, from, calls, before }
  } finally {
    await stage.ask('clear', {})
    await rm(folder, { recursive: true, force: true })
  }
}

type Run = (leader: number, start: Start) => Promise<Ended>

async function undisturbed(run: Run, subject: Subject, leader: number): Promise<void> {
  const ended = await run(leader, { args: rehearsal(subject, { do: 'rehearse', holdMs: SHORT_MS }) })
  if (!isUndisturbed(ended)) throw unfit('rehearsal', ended)
}

async function held(run: Run, subject: Subject, leader: number): Promise<void> {
  const step = { do: 'rehearse', holdMs: LONG_MS, fault: HELD } as const
  const ended = await run(leader, { args: rehearsal(subject, step), fault: HELD })
  if (ended.struck !== true) throw unfit('rehearsal', ended)
}

/** Whether it could is judged later: each state that is built ends with the same. */
async function recovered(run: Run, leader: number): Promise<void> {
  for (const args of [[...RECOVER, '--phase', 'early'], RECOVER]) await run(leader, { args })
}

/** One of the last moments: there is something to roll back then. */
function anImage(entries: readonly Entry[], seed: number): Image {
  const random = new Random(seed)
  const point = random.pick(pointsOf(entries, 0).slice(-LAST_POINTS))
  return random.pick(imagesAt(entries, point, MANY, random))
}

function unfit(what: string, { code, stdout, stderr }: Ended): Error {
  return new Error(`Undisturbed, the ${what} ended with ${code}: ${stdout}${stderr}`)
}

/** strace appends, so that all starts of a story are in one file. */
function tracedRun(leader: number, agent: Agent, start: Start, trace: string): Promise<Ended> {
  const strace = ['strace', '-D', '-f', '-q', '-A', '-ttt', '-y', '-o', trace, '-e', `trace=${DURABLE.join(',')}`]
  const place = { leader, network: false, argv: [...strace, ...agent.argv], env: agent.env, trace: '' }
  return startAgent(place, start)
}
