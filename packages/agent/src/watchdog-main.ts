import { processTerminal } from './cli/terminal.ts'
import { watchdogProcess } from './failsafe/watchdog-process.ts'
import { linuxClock } from './host/linux/clock.ts'
import { pathsUnder } from './paths.ts'

/** `chaos-lite-agent watchdog`, which is started by the agent and by nobody else. */
export async function watchdogMain(): Promise<void> {
  const terminal = processTerminal()
  const revertHere = async (recordId: string) => {
    const { composeWorld } = await import('./compose.ts')
    await using agent = await composeWorld(terminal).agent()
    await agent.engine.revert({ recordId }, 'failsafe')
  }
  const { journal } = pathsUnder()
  process.exitCode = await watchdogProcess({ journal, clock: linuxClock(), stop: terminal.stop, revertHere })
}
