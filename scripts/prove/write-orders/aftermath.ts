import { diffManifests } from '../../lab/manifest.ts'
import { judge, outcomesIn } from '../judge.ts'
import { startAgent } from '../namespace/start-agent.ts'
import { isSettled, RECOVER } from '../perform.ts'
import type { Ended } from '../world.ts'
import type { Image, Stage } from './stage.ts'
import type { Agent, Recording } from './story.ts'

/** How often the host "goes on", as in the other worlds. */
const STARTS = 3

/** What became of one state of the disks. */
export interface Aftermath {
  /** Names what was on the disks; equal for states that no program could distinguish. */
  readonly state: string
  readonly changed: boolean
  readonly falseIdentical: boolean
  readonly stuck: boolean
  /** Everything that breaks a promise, in sentences; empty is good. */
  readonly broken: readonly string[]
  readonly log: readonly string[]
}

/**
 * Builds the state, lets the host boot from it, and compares it with itself before. A state that `known` holds is not
 * booted again: the same bytes in the same files are the same host.
 */
export async function aftermathOf(
  stage: Stage,
  recording: Pick<Recording, 'before'>,
  image: Image,
  agent: Agent,
  known: Map<string, Aftermath>,
): Promise<Aftermath> {
  const { state, why } = await stage.ask('image', image)
  if (state === null) {
    const broken = [`The file system could not be mounted: ${why}.`]
    return { state: 'unmountable', changed: true, falseIdentical: false, stuck: false, broken, log: [] }
  }
  const found = known.get(state) ?? (await boot(stage, recording, agent, state))
  known.set(state, found)
  return found
}

async function boot(
  stage: Stage,
  { before }: Pick<Recording, 'before'>,
  agent: Agent,
  state: string,
): Promise<Aftermath> {
  const { leader } = await stage.ask('start', {})
  const run = (args: readonly string[]) => startAgent({ leader, network: false, trace: '', ...agent }, { args })
  const ended: Ended[] = [await run([...RECOVER, '--phase', 'early'])]
  let last: Ended | null = null
  for (let start = 1; start <= STARTS && !isSettled(last); start += 1) {
    last = await run(RECOVER)
    ended.push(last)
  }
  const differences = diffManifests(before, await stage.ask('manifest', {}))
  const verdict = judge({
    ended,
    outcomes: ended.flatMap(({ stdout }) => outcomesIn(stdout)),
    differences,
    settled: isSettled(last),
    faultless: false,
    mayBeStuck: false,
  })
  const log = ended.flatMap(({ stdout, stderr, code }) => [stdout.trim(), stderr.trim(), `ended with ${code}`])
  return { state, ...verdict, stuck: verdict.stuck.length > 0, log: log.filter((line) => line !== '') }
}
