import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type ControllerOptions, DEFAULT_DRILLS, DEFAULT_HOST, DEFAULT_PORT } from './options.ts'
import { controllerVersion } from './version.ts'

interface Flags {
  data: string
  host: string
  port: number
  tlsCert?: string
  tlsKey?: string
  tlsCa?: string
  tlsName: string[]
  drills: string
  publicUrl?: string
  trustProxy: string[]
  webhooksToLoopback: boolean
}

const DEFAULT_DATA = join(homedir(), '.chaos-lite', 'controller')
/** In help: the same text on every machine. */
const DATA_IN_HELP = '~/.chaos-lite/controller'
const DRILLS_IN_HELP = 'the drills that come with the program'

/** What the commands do. */
export interface ControllerCommands {
  run(options: ControllerOptions): Promise<void> | void
  backUp(dataFolder: string, destination: string): void
  restore(backup: string, dataFolder: string, options: { readonly pending: boolean }): void
}

/** The controller's command line. */
export function makeControllerProgram(commands: ControllerCommands): Command {
  const program = new Command('chaos-lite-controller')
    .version(controllerVersion)
    .description('Plans, schedules, watches and records failure drills.')
    .addOption(new Option('--data <folder>', 'where everything is kept').default(DEFAULT_DATA, DATA_IN_HELP))
    .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
    .option('--port <number>', 'the port to listen on', portOf, DEFAULT_PORT)
    .option('--tls-cert <file>', 'your own certificate in PEM; without it the controller makes its own authority')
    .option('--tls-key <file>', 'its private key in PEM')
    .option('--tls-ca <file>', 'the private authority that signed it, in PEM; goes into enrolment tokens')
    .option('--tls-name <name>', 'one more name or address for the own certificate; may be repeated', addTo, [])
    .addOption(new Option('--drills <folder>', 'the drill files').default(DEFAULT_DRILLS, DRILLS_IN_HELP))
    .option('--public-url <url>', 'how browsers and agents reach this controller, when a proxy stands before it')
    .option(
      '--trust-proxy <address>',
      'a proxy, or a network of proxies, whose X-Forwarded-For is believed; may be repeated',
      addTo,
      [],
    )
    .option('--webhooks-to-loopback', 'webhooks may go to this machine itself', false)
    .action((flags: Flags) => commands.run(optionsOf(flags)))
    // Options before a subcommand are those of the controller itself.
    .enablePositionalOptions()
  addBackups(program, commands)
  return program
}

function addBackups(program: Command, commands: ControllerCommands): void {
  /** `--data` may stand before the subcommand as well. */
  const dataOf = (given: { readonly data?: string }) => given.data ?? program.opts<Flags>().data
  program
    .command('backup <folder>')
    .description('Back up the database and the keys into a new folder, also while the controller runs.')
    .option('--data <folder>', `the data folder of the controller (default: ${DATA_IN_HELP})`)
    .action((folder: string, given: { data?: string }) => commands.backUp(dataOf(given), folder))
  program
    .command('restore <backup>')
    .description('Restore a backup into an empty data folder, and name what is lost and what to look at.')
    .option('--data <folder>', `the data folder to make; it must be empty or missing (default: ${DATA_IN_HELP})`)
    .option('--approve-again', 'let every host wait for approval: a host may have been revoked after the backup', false)
    .action((backup: string, given: { data?: string; approveAgain: boolean }) =>
      commands.restore(backup, dataOf(given), { pending: given.approveAgain }),
    )
}

function optionsOf(flags: Flags): ControllerOptions {
  return {
    dataFolder: flags.data,
    host: flags.host,
    port: flags.port,
    drillsFolder: flags.drills,
    ...(flags.tlsCert === undefined ? {} : { tlsCertFile: flags.tlsCert }),
    ...(flags.tlsKey === undefined ? {} : { tlsKeyFile: flags.tlsKey }),
    ...(flags.tlsCa === undefined ? {} : { tlsCaFile: flags.tlsCa }),
    tlsNames: flags.tlsName,
    trustProxy: flags.trustProxy,
    webhooksToLoopback: flags.webhooksToLoopback,
    ...(flags.publicUrl === undefined ? {} : { publicUrl: flags.publicUrl }),
  }
}

function addTo(name: string, before: string[]): string[] {
  return [...before, name]
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('a whole number from 0 to 65535 was expected.')
}
