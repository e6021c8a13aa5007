import { watchdogProcess } from './failsafe/watchdog-process.ts'
import { linuxClock } from './host/linux/clock.ts'
import { pathsUnder } from './paths.ts'

/** Composes `chaos-lite-agent watchdog`, which is started by the agent and by nobody else. */
export function watchdogMain(stop: AbortSignal): Promise<number> {
  const { journal } = pathsUnder()
  const revertHere = async (recordId: string) => {
    const { composeWorld } = await import('./compose.ts')
    const terminal = {
      out: () => undefined,
      err: () => undefined,
      interactive: false,
      ask: async () => false,
      stop,
    }
    await using agent = await composeWorld(terminal).agent()
    await agent.engine.revert({ recordId }, 'failsafe')
  }
  return watchdogProcess({ journal, clock: linuxClock(), stop, revertHere })
}
