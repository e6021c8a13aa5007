import { once } from 'node:events'
import { linesOf } from './say.ts'
import { EXIT, type ExitCode, type Terminal, type World } from './world.ts'

/**
 * The service: puts back what an earlier process left, then opens the link, until it is told to stop; then everything
 * is put back before it ends.
 */
export async function run(world: World, terminal: Terminal): Promise<ExitCode> {
  await using agent = await world.agent()
  const { engine } = agent
  for (const line of (await engine.recover()).flatMap(linesOf)) terminal.err(`start-up clean-up: ${line}`)
  const { unreadable } = await engine.standings()
  for (const { reason } of unreadable) terminal.err(`UNREADABLE: ${reason}`)
  let code: ExitCode = EXIT.ok
  if (!terminal.stop.aborted) {
    await using service = await world.service(agent)
    const told = once(terminal.stop, 'abort').then(() => null)
    const reason = await Promise.race([told, service.ended])
    if (reason !== null) {
      terminal.err(`chaos-lite-agent: ${reason}`)
      code = EXIT.couldNotRun
    }
    // While the link is still there, so that the facts of the last reverts can be sent.
    for (const line of (await engine.shutdown('shutdown')).flatMap(linesOf)) terminal.err(`shutdown: ${line}`)
  }
  return code
}
