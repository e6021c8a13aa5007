import { once } from 'node:events'
import { type Agent, EXIT, type ExitCode, type Terminal, type World } from '../world.ts'
import { isRehearsing } from './rehearsing.ts'
import { linesOf } from './say.ts'

/**
 * The whole agent in one process: rolls back what an earlier process left, then opens the link, until it is asked to
 * stop; then everything is rolled back before it ends. For hosts without systemd.
 */
export async function run(world: World, terminal: Terminal): Promise<ExitCode> {
  await world.becomeService()
  await using agent = await world.agent()
  await recover(world, agent, terminal)
  if (terminal.stop.aborted) return EXIT.ok
  await using _service = await world.service(agent, 'one process')
  if (!terminal.stop.aborted) await once(terminal.stop, 'abort')
  await shutDown(agent, terminal)
  return EXIT.ok
}

/**
 * The root part: started by systemd when the relay has something for it, after a crash too. It rolls back what an earlier
 * process left before it lets the relay in, and ends by itself when nothing is left to do.
 */
export async function serve(world: World, terminal: Terminal): Promise<ExitCode> {
  await world.becomeService()
  await using agent = await world.agent()
  await recover(world, agent, terminal)
  if (terminal.stop.aborted) return EXIT.ok
  await using service = await world.service(agent, 'socket')
  try {
    await service.untilRest(terminal.stop)
  } catch (thrown) {
    if (!terminal.stop.aborted) throw thrown
    await shutDown(agent, terminal)
  }
  return EXIT.ok
}

async function recover(world: World, { engine }: Agent, terminal: Terminal): Promise<void> {
  const outcomes = await engine.recover('all', () => isRehearsing(world.paths))
  for (const line of outcomes.flatMap(linesOf)) terminal.err(`start-up clean-up: ${line}`)
  const { unreadable } = await engine.standings()
  for (const { reason } of unreadable) terminal.err(`UNREADABLE: ${reason}`)
}

/** While the link is still there, so that the facts of the last reverts can be sent. */
async function shutDown({ engine }: Agent, terminal: Terminal): Promise<void> {
  for (const line of (await engine.shutdown('shutdown')).flatMap(linesOf)) terminal.err(`shutdown: ${line}`)
}
