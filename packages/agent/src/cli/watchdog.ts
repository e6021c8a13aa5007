import { thisCommand } from '../failsafe/executable.ts'
import { revertInChild } from '../failsafe/revert-in-child.ts'
import { awaitOrder, watchRecord } from '../failsafe/watch-record.ts'
import { EXIT, type ExitCode, type Terminal, type World } from './world.ts'

/**
 * The failsafe of hosts without systemd: started by the agent, alive without it. Speaks the lines of
 * `failsafe/watchdog.ts`, then lets the record be put back when its time has come and nobody else did.
 */
export async function watchdog(
  world: World,
  options: { readonly record?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  // The agent closes its ends of the pipes once it has heard enough.
  process.stdout.on('error', () => undefined)
  process.on('SIGHUP', () => undefined)
  await using agent = await world.agent()
  const recordId = options.record ?? (await awaitOrder(process.stdin, process.stdout))
  if (recordId === null) return EXIT.ok
  const watching = () => process.stdout.write(`watching ${recordId}\n`)
  const isDue = await watchRecord({ ...agent, clock: agent.host.clock }, recordId, watching, terminal.stop)
  if (!isDue) return EXIT.ok
  const code = await revertInChild(thisCommand(), recordId, terminal.stop)
  if (code === EXIT.ok || code === EXIT.failed) return code
  // No child could be started at all: this process is the last one that can.
  await agent.engine.revert({ recordId }, 'failsafe')
  return EXIT.ok
}
