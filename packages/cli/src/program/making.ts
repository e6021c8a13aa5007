import type { Command } from 'commander'
import type { CommandContext } from '../commands/index.ts'
import type { ExitCode } from '../exit-codes.ts'

/** What the commands are added to. */
export interface Making {
  readonly program: Command
  /** Adds `--json` and runs the command; its exit code is remembered. */
  act(command: Command, perform: (context: CommandContext, ...args: string[]) => Promise<ExitCode>): void
}
