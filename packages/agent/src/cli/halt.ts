import { rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { endExercises } from '../exercises/child/running.ts'
import { makeFolder, syncFolder } from '../journal/durable.ts'
import { sayOutcomes } from './revert.ts'
import { isBack } from './say.ts'
import { EXIT, type ExitCode, type Terminal, type World } from './world.ts'

/** Stops everything from the host itself: nothing is injected while the halt file is there, and all is put back. */
export async function halt(
  world: World,
  options: { readonly lift: boolean; readonly json: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { haltFile } = world.paths
  if (options.lift) {
    await rm(haltFile, { force: true })
    terminal.out(options.json ? JSON.stringify({ ok: true, halted: false }) : `Lifted: ${haltFile} is gone.`)
    return EXIT.ok
  }
  // A file that cannot be written must not keep us from putting back.
  const problem = await layDown(haltFile)
  await endExercises(world.paths.running, null)
  await using agent = await world.agent()
  const outcomes = await agent.engine.revert({}, 'halt')
  const { unreadable } = await agent.engine.standings()
  const done = problem === null && outcomes.every(isBack) && unreadable.length === 0
  if (options.json) terminal.out(JSON.stringify({ ok: done, halted: problem === null, outcomes, unreadable }))
  else {
    sayOutcomes(outcomes, unreadable, terminal)
    if (problem === null) terminal.out(`Halted: ${haltFile} is there. Lift it with: chaos-lite-agent halt --lift`)
    else terminal.err(problem.message)
  }
  return done ? EXIT.ok : EXIT.failed
}

async function layDown(haltFile: string): Promise<ChaosError | null> {
  try {
    await makeFolder(dirname(haltFile))
    await writeFile(haltFile, `Halted ${new Date().toISOString()}\n`)
    await syncFolder(dirname(haltFile))
    return null
  } catch (thrown) {
    const reason = `${haltFile} cannot be written: ${sentenceOf(thrown)}. New drills are not stopped by it.`
    return new ChaosError('internal', reason, { cause: thrown })
  }
}
