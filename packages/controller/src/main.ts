#!/usr/bin/env node
import { homedir } from 'node:os'
import { join } from 'node:path'
import { sentenceOf } from '@chaos-lite/shared'
import { Command, InvalidArgumentError } from 'commander'
import { backUpCommand, restoreCommand } from './backup/commands.ts'
import { type ControllerOptions, DEFAULT_DRILLS, DEFAULT_HOST, DEFAULT_PORT } from './options.ts'
import { startController } from './start-controller.ts'

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

const program = new Command('chaos-lite-controller')
  .description('Plans, schedules, watches and records failure drills.')
  .option('--data <folder>', 'where everything is kept', DEFAULT_DATA)
  .option('--host <address>', 'the address to listen on', DEFAULT_HOST)
  .option('--port <number>', 'the port to listen on', portOf, DEFAULT_PORT)
  .option('--tls-cert <file>', 'your own certificate in PEM; without it the controller makes its own authority')
  .option('--tls-key <file>', 'its private key in PEM')
  .option('--tls-ca <file>', 'the private authority that signed it, in PEM; goes into enrolment tokens')
  .option('--tls-name <name>', 'one more name or address for the own certificate; may be repeated', addTo, [])
  .option('--drills <folder>', 'the drill files', DEFAULT_DRILLS)
  .option('--public-url <url>', 'how browsers and agents reach this controller, when a proxy stands before it')
  .option(
    '--trust-proxy <address>',
    'a proxy, or a network of proxies, whose X-Forwarded-For is believed; may be repeated',
    addTo,
    [],
  )
  .option('--webhooks-to-loopback', 'webhooks may go to this machine itself', false)
  .action((flags: Flags) => run(optionsOf(flags)))
  // Options before a subcommand are those of the controller itself.
  .enablePositionalOptions()

program
  .command('backup <folder>')
  .description('Back up the database and the keys into a new folder, also while the controller runs.')
  .option('--data <folder>', `the data folder of the controller (default: "${DEFAULT_DATA}")`)
  .action((folder: string, given: { data?: string }) => print(() => backUpCommand(dataOf(given), folder)))

program
  .command('restore <backup>')
  .description('Restore a backup into an empty data folder, and name what is lost and what to look at.')
  .option('--data <folder>', `the data folder to make; it must be empty or missing (default: "${DEFAULT_DATA}")`)
  .option('--approve-again', 'let every host wait for approval: a host may have been revoked after the backup', false)
  .action((backup: string, given: { data?: string; approveAgain: boolean }) =>
    print(() => restoreCommand(backup, dataOf(given), { pending: given.approveAgain })),
  )

// Nothing that is written here is for other users of this machine.
process.umask(0o077)
await program.parseAsync()

/** `--data` may stand before the subcommand as well. */
function dataOf(given: { readonly data?: string }): string {
  return given.data ?? program.opts<Flags>().data
}

/** Prints what a command answers, or one sentence and exit code 2. */
function print(work: () => string): void {
  try {
    process.stdout.write(work())
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 2
  }
}

async function run(options: ControllerOptions): Promise<void> {
  try {
    const controller = await startController(options)
    // Before the first line: whoever reads it may send a signal at once.
    stopOn('SIGTERM', controller)
    stopOn('SIGINT', controller)
    process.stdout.write(`Chaos Lite listens on ${controller.url}\n`)
    if (controller.caFile !== null) {
      process.stdout.write(
        `Its certificate is of its own authority, ${controller.caFile}: agents get it with their token, "chaos-lite login --ca-file" takes it.\n`,
      )
    }
    if (controller.firstPassword !== null) {
      process.stdout.write(
        `First log-in: user admin, password ${controller.firstPassword} (works until you set your own)\n`,
      )
    }
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exitCode = 2
  }
}

/** Stops gently, once. A second signal ends the process at once: hosts come back by themselves either way. */
function stopOn(signal: NodeJS.Signals, controller: AsyncDisposable): void {
  process.once(signal, () => {
    process.once(signal, () => process.exit(1))
    // Runs under way may wait for minutes; they are taken up at the next start.
    Promise.resolve(controller[Symbol.asyncDispose]()).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${sentenceOf(error)}\n`)
        process.exit(1)
      },
    )
  })
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
