import { Command, InvalidArgumentError } from 'commander'

export interface StartOptions {
  /** End after the run, with its exit code. */
  readonly once: boolean
  readonly port: number
  readonly folder: string
}

/** The options of `npm start`. Throws a CommanderError for help and for bad usage. */
export function startOptions(argv: readonly string[]): StartOptions {
  const command = new Command('npm start --')
    .description('Starts a controller with its dashboard and three demo hosts, and runs a Failover Friday for real.')
    .option('--once', 'end after the run: exit code 0 passed, 1 failed, 2 could not run', false)
    .option('--port <n>', 'port of the controller', asPort, 8321)
    .option('--folder <path>', 'where everything is kept', '.chaos-lite')
    .exitOverride()
  command.parse(argv, { from: 'user' })
  return command.opts<StartOptions>()
}

function asPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Give a port from 0 to 65535.')
  return port
}
