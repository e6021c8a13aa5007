import { childTasks } from '../child-tasks.ts'
import { composeWorld } from '../compose.ts'
import { processTerminal } from '../terminal.ts'
import { runCli } from './program.ts'

/** The command line of this process. */
export async function main(args: readonly string[]): Promise<void> {
  if (args[0] === 'child') return (await import('../child/main.ts')).childMain(args[1], childTasks)
  const terminal = processTerminal()
  process.exitCode = await runCli(args, composeWorld(terminal), terminal)
}
