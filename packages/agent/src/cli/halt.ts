import { dirname } from 'node:path'
import { ChaosError, instantText, sentenceOf } from '@chaos-lite/shared'
import { codeOf, makeFolder, syncFolder } from '../durable/index.ts'
import type { RevertOutcome } from '../engine/index.ts'
import { endExercises } from '../exercises/index.ts'
import { unlink, writeFile } from '../small-files/index.ts'
import { settledWithin } from '../wait/index.ts'
import { type Agent, EXIT, type ExitCode, type Terminal, type World } from '../world.ts'
import { backElsewhere, openNow } from './elsewhere.ts'
import { sayOutcomes } from './revert.ts'
import { isBack } from './say.ts'

/** A command that only waited ends before this. */
const SAY_AFTER_MS = 1_000
/** What is open is looked at for so long, before the file is written that stops everything. */
const LOOK_MS = 500

/** Stops everything from the host itself: nothing is injected while the halt file is there, and all is rolled back. */
export async function halt(
  world: World,
  options: { readonly lift: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { haltFile } = world.paths
  if (options.lift) {
    const lifted = await lift(haltFile)
    const said = lifted ? `Lifted: ${haltFile} is gone.` : `It was not halted: there is no ${haltFile}.`
    terminal.out(options.json ? JSON.stringify({ ok: true, halted: false, lifted }) : said)
    return EXIT.ok
  }
  // Looked at first, but not for long: the service hears of the file at once.
  const looking = openNow(world.paths.journal)
  await settledWithin(looking, LOOK_MS)
  // A file that cannot be written must not keep us from rolling back.
  const problem = await layDown(haltFile)
  // Beside it: the engine waits only for what restores into the place of a record.
  const ended = endExercises(world.paths.running, 'all')
  await using agent = await world.agent()
  const outcomes = await putBackNow(agent, options, terminal)
  await ended
  if (outcomes === null) return EXIT.failed
  const { unreadable } = await agent.engine.standings()
  const done = problem === null && outcomes.every(isBack) && unreadable.length === 0
  if (options.json) terminal.out(JSON.stringify({ ok: done, halted: problem === null, outcomes, unreadable }))
  else {
    sayOutcomes({ outcomes, unreadable, elsewhere: await backElsewhere(agent, await looking, outcomes) }, terminal)
    if (problem === null) terminal.out(`Halted: ${haltFile} is there. Lift it with: chaos-lite-agent halt --lift`)
    else terminal.err(problem.message)
  }
  return done ? EXIT.ok : EXIT.failed
}

/** Null when somebody called it off (Ctrl-C, SIGTERM) while another process was in the way. */
async function putBackNow(
  { engine }: Agent,
  { json }: { readonly json: boolean },
  terminal: Terminal,
): Promise<readonly RevertOutcome[] | null> {
  const { stop } = terminal
  let saying: NodeJS.Timeout | undefined
  const onStop = () => {
    saying = setTimeout(() => terminal.err('Asked to stop: what was started is rolled back first.'), SAY_AFTER_MS)
  }
  stop.addEventListener('abort', onStop, { once: true })
  try {
    return await engine.revert({}, 'halt', { signal: stop, onWaiting: (sentence) => terminal.err(sentence) })
  } catch (thrown) {
    if (!stop.aborted) throw thrown
    const { records } = await engine.standings()
    const left = `${records.length} ${records.length === 1 ? 'failure is' : 'failures are'} still open`
    const reason = `Not waited for to the end (${stop.reason}): ${left}. The agent and its safety timers roll them back.`
    if (json) terminal.out(JSON.stringify({ ok: false, code: 'host-busy', reason, open: records.length }))
    else terminal.err(reason)
    return null
  } finally {
    clearTimeout(saying)
    stop.removeEventListener('abort', onStop)
  }
}

/** False where there was nothing to lift. */
async function lift(haltFile: string): Promise<boolean> {
  try {
    await unlink(haltFile)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}

async function layDown(haltFile: string): Promise<ChaosError | null> {
  try {
    await makeFolder(dirname(haltFile))
    await writeFile(haltFile, `Halted ${instantText(Date.now())}\n`)
    await syncFolder(dirname(haltFile))
    return null
  } catch (thrown) {
    const reason = `${haltFile} cannot be written: ${sentenceOf(thrown)}. New drills are not stopped by it.`
    return new ChaosError('internal', reason, { cause: thrown })
  }
}
