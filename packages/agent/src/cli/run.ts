import { once } from 'node:events'
import { linesOf } from './say.ts'
import { EXIT, type ExitCode, type Terminal, type World } from './world.ts'

/**
 * The service: puts back what an earlier process left, then opens the link, until it is told to stop; then everything
 * is put back before it ends.
 */
export async function run(world: World, terminal: Terminal): Promise<ExitCode> {
  await world.becomeService()
  await using agent = await world.agent()
  const { engine } = agent
  for (const line of (await engine.recover()).flatMap(linesOf)) terminal.err(`start-up clean-up: ${line}`)
  const { unreadable } = await engine.standings()
  for (const { reason } of unreadable) terminal.err(`UNREADABLE: ${reason}`)
  if (terminal.stop.aborted) return EXIT.ok
  await using _service = await world.service(agent)
  if (!terminal.stop.aborted) await once(terminal.stop, 'abort')
  // While the link is still there, so that the facts of the last reverts can be sent.
  for (const line of (await engine.shutdown('shutdown')).flatMap(linesOf)) terminal.err(`shutdown: ${line}`)
  return EXIT.ok
}
