import type { HostClock } from '../host/index.ts'
import { type Command, thisCommand } from '../program/index.ts'
import { revertInChild } from './revert-in-child.ts'
import { awaitOrder, watchRecord } from './watch-record.ts'

/** What a watchdog is given by the composition. */
export interface WatchdogParts {
  /** The folder of the journal. */
  readonly journal: string
  readonly clock: HostClock
  /** Starts the agent anew; default: `thisCommand`. */
  readonly command?: Command
  /** Aborted by SIGTERM: the machine goes down, or somebody ends us. */
  readonly stop: AbortSignal
  /** Rolls the record back in this very process: asked only when no other can be started. Answers with the exit code. */
  revertHere(recordId: string): Promise<number>
}

/**
 * The failsafe of hosts without systemd: started by the agent, alive without it. Speaks the lines of `watchdog.ts`,
 * then lets the record be rolled back when its time has come and nobody else did. One such process waits beside every
 * failure, so it loads next to nothing until it has to act. Returns the exit code.
 */
export async function watchdogProcess({ journal, clock, command, stop, revertHere }: WatchdogParts): Promise<number> {
  // The agent closes its ends of the pipes once it has heard enough.
  process.stdout.on('error', () => undefined)
  process.on('SIGHUP', () => undefined)
  const order = await awaitOrder(process.stdin, process.stdout)
  if (order === null) return 0
  const watching = () => process.stdout.write(`watching ${order.recordId}\n`)
  if (!(await watchRecord({ journal, clock }, order, watching, stop))) return 0
  const code = await revertInChild(command ?? thisCommand(), order.recordId, stop)
  if (code === 0 || code === 1) return code
  // No child could be started at all: this process is the last one that can.
  return revertHere(order.recordId)
}
