import { pathsUnder } from './paths.ts'
import { processTerminal } from './terminal.ts'

/** `chaos-lite-agent watchdog`, which is started by the agent and by nobody else. */
export async function watchdogMain(): Promise<void> {
  const { stop } = processTerminal()
  const revertHere = async (recordId: string) => {
    const { main } = await import('./cli/main.ts')
    await main(['revert', '--record', recordId, '--cause', 'failsafe'])
    return Number(process.exitCode)
  }
  const { watchdogProcess } = await import('./failsafe/watchdog-process.ts')
  const { linuxClock } = await import('./host/linux/clock.ts')
  const { journal } = pathsUnder()
  process.exitCode = await watchdogProcess({ journal, clock: linuxClock(), stop, revertHere })
}
