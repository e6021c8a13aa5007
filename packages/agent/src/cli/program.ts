import { ChaosError, durationMs, type Labels, RevertCause, Ulid, withLabel } from '@chaos-lite/shared'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { allowKeys, profileNames } from '../policy/index.ts'
import { agentVersion } from '../version.ts'
import { EXIT, type ExitCode, type Terminal, type World } from '../world.ts'
import type { PolicyStarterOptions } from './policy-starter.ts'
import { refuseWithoutRoot } from './root.ts'
import { sayError } from './say.ts'

const exitCodes = `
Exit codes:
  0  done, and the host is as it should be
  1  done, but something is not as it should be (not confirmed, not identical, stuck, unreadable)
  2  could not run: nothing was touched`

function asDuration(text: string): number {
  const ms = durationMs(text)
  if (ms === null) throw new InvalidArgumentError('expected a duration such as 500ms, 30s or 5m')
  return ms
}

function asParams(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below, with an example.
  }
  throw new InvalidArgumentError(`expected a JSON object such as '{"service":"nginx"}'`)
}

function asCount(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 1000) return value
  throw new InvalidArgumentError('expected a whole number from 1 to 1000')
}

function asRecord(text: string): string {
  if (Ulid.safeParse(text).success) return text
  throw new InvalidArgumentError('expected the id of a record, as `status` shows it')
}

function asLabel(text: string, before: Labels): Labels {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('expected a label such as role=erp-primary')
  return withLabel(before, name, value)
}

function asAllowed(text: string, before: Record<string, string[]>): Record<string, string[]> {
  const [, list, entry] = /^([^=]+)=(.+)$/.exec(text) ?? []
  if (list === undefined || entry === undefined)
    throw new InvalidArgumentError('expected an entry such as services=nginx.service')
  return { ...before, [list]: [...(before[list] ?? []), entry] }
}

/** Runs one command line. Never throws: every end is an exit code, and a sentence on the terminal. */
export async function runCli(args: readonly string[], world: World, terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok
  const program = buildProgram(world, terminal, (ended) => {
    code = ended
  })
  program.hook('preAction', (_program, command) => refuseWithoutRoot(command, args, world))
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.couldNotRun
    return sayError(thrown, args.includes('--json'), terminal)
  }
}

/** The command line of the agent. `ended` receives the exit code of the command that ran. */
export function buildProgram(world: World, terminal: Terminal, ended: (code: ExitCode) => void): Command {
  const program = new Command('chaos-lite-agent')
    .description('Injects small failures on this host, and always rolls the host back.')
    .version(agentVersion)
    .addHelpText('after', exitCodes)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
  addService(program, world, terminal, ended)
  addEnrolment(program, world, terminal, ended)
  addRehearse(program, world, terminal, ended)
  addPuttingBack(program, world, terminal, ended)
  addCare(program, world, terminal, ended)
  return program
}

type Add = (program: Command, world: World, terminal: Terminal, ended: (code: ExitCode) => void) => void

const addService: Add = (program, world, terminal, ended) => {
  program
    .command('run')
    .description(
      'Run as one process, where there is no systemd: roll back what is open, then serve the controller until it is stopped',
    )
    .action(async () => ended(await (await import('./run.ts')).run(world, terminal)))
  program
    .command('link')
    .description('The part that talks to the network, without privileges; started by chaos-lite-link.service')
    .action(async () => {
      await (await import('../relay/main.ts')).relayMain()
      ended(EXIT.ok)
    })
  program
    .command('serve')
    .description('The part that may change the host; systemd starts it when it is needed, and it ends by itself')
    .action(async () => ended(await (await import('./run.ts')).serve(world, terminal)))
  program
    .command('enrol')
    .description('Make this host known to a controller, with a one-time token')
    .requiredOption('--controller <url>', 'address of the controller, such as https://chaos.example.test:8321')
    .option('--token-file <path>', 'file that holds the token (otherwise CHAOS_LITE_TOKEN, or standard input)')
    .option('--ca-file <path>', 'certificate authority of the controller, as PEM, when it is a private one')
    .option(
      '--label <name=value>',
      'a label that this host proposes; an administrator confirms it; may be given several times, also with one name',
      asLabel,
      {},
    )
    .action(async (given: { controller: string; tokenFile?: string; caFile?: string; label: Labels }) => {
      const { tokenFile = null, caFile = null } = given
      ended(await world.enrol({ controllerUrl: given.controller, labels: given.label, tokenFile, caFile }, terminal))
    })
}

const addEnrolment: Add = (program, world, terminal, ended) => {
  program
    .command('enrolment')
    .description('Show at which controller this host is enrolled, and whether it was revoked there')
    .option('--controller <url>', 'ask whether it is enrolled at this very one')
    .option('--json', 'one JSON object instead of lines', false)
    .action(async ({ controller = null, json }: { controller?: string | null; json: boolean }) =>
      ended(await (await import('./enrolment.ts')).enrolment(world, { controller, json }, terminal)),
    )
}

const addRehearse: Add = (program, world, terminal, ended) => {
  program
    .command('rehearse')
    .description(
      'Do one action on this host without a controller: shown, started, confirmed, held, rolled back, compared',
    )
    .argument('<action>', 'such as hosts.override')
    .requiredOption('--with <json>', 'parameters of the action, as a JSON object', asParams)
    .addOption(new Option('--hold <duration>', 'how long the failure stays').argParser(asDuration).default(2_000, '2s'))
    .option('--yes', 'do not ask', false)
    .option('--json', 'one JSON object instead of lines', false)
    .action(
      async (action: string, given: { with: Record<string, unknown>; hold: number; yes: boolean; json: boolean }) => {
        const { rehearse } = await import('./rehearse.ts')
        const { with: params, hold: holdMs, yes, json } = given
        ended(await rehearse(world, { action, params, holdMs, yes, json }, terminal))
      },
    )
}

interface Reverting {
  readonly all?: boolean
  readonly record?: string
  readonly cause: RevertCause
  readonly phase: 'early' | 'all'
  readonly json: boolean
}

const addPuttingBack: Add = (program, world, terminal, ended) => {
  program
    .command('revert')
    .description('Roll back what the journal holds: needs no controller, no network, no configuration')
    .option('--all', 'everything')
    .addOption(new Option('--record <id>', 'one record, and what came after it').argParser(asRecord).conflicts('all'))
    .addOption(new Option('--cause <cause>', 'why, for the record').choices(RevertCause.options).default('by hand'))
    .addOption(new Option('--phase <phase>').choices(['early', 'all']).default('all').hideHelp())
    .option('--json', 'one JSON object instead of lines', false)
    .action(async (given: Reverting) => {
      if (given.all !== true && given.record === undefined) {
        throw new ChaosError('request-invalid', 'Say what to roll back: --all, or --record ID as `status` shows it.')
      }
      ended(await (await import('./revert.ts')).revert(world, given, terminal))
    })
  program
    .command('halt')
    .description('Roll everything back now, and start nothing until it is lifted')
    .option('--lift', 'allow drills again', false)
    .option('--json', 'one JSON object instead of lines', false)
    .action(async (given: { lift: boolean; json: boolean }) =>
      ended(await (await import('./halt.ts')).halt(world, given, terminal)),
    )
}

const addCare: Add = (program, world, terminal, ended) => {
  program
    .command('prove')
    .description('Kill this agent in the middle of a harmless failure, again and again, and print a page about it')
    .option('--kills <count>', 'how often, at random moments', asCount, 20)
    .option('--yes', 'do not ask', false)
    .option('--json', 'one JSON object instead of a page', false)
    .action(async (given: { kills: number; yes: boolean; json: boolean }) =>
      ended(await (await import('./prove.ts')).prove(world, given, terminal)),
    )
  program
    .command('status')
    .description('Show what is open on this host')
    .option('--json', 'one JSON object instead of lines', false)
    .action(async (given: { json: boolean }) =>
      ended(await (await import('./status.ts')).status(world, given, terminal)),
    )
  program
    .command('doctor')
    .description(
      'Check the installation and the state of this host, and show what may be done on it and which command would allow more',
    )
    .option('--json', 'one JSON object instead of lines', false)
    .action(async (given: { json: boolean }) => ended(await world.doctor(given, terminal)))
  addPolicy(program.command('policy').description("The host owner's rules"), world, terminal, ended)
}

const addPolicy: Add = (policy, world, terminal, ended) => {
  policy
    .command('allow')
    .description('Allow more on this host: adds to the policy file, keeps its comments and a copy of the old version')
    .argument('<key=value...>', 'such as actions=service.stop services=nginx holdAtMost=30m')
    .option('--dry-run', 'show what would be changed, and change nothing', false)
    .option('--allow-missing', 'also accept the name of a thing that does not exist on this host yet', false)
    .option('--json', 'one JSON object instead of lines', false)
    .addHelpText('after', `\nKeys:\n  ${allowKeys.join(' ')}`)
    .action(async (entries: string[], given: { dryRun: boolean; allowMissing: boolean; json: boolean }) =>
      ended(await (await import('./policy-allow.ts')).policyAllow(world, { entries, ...given }, terminal)),
    )
  policy
    .command('starter')
    .description('Print a commented policy.yaml to start from; it writes no file')
    .requiredOption('--profile <name>', `what this host is: ${profileNames.join(', ')}`)
    .option('--hold-at-most <duration>', 'the longest time a failure may stay')
    .option(
      '--allow <list=entry>',
      'an entry more, such as services=nginx.service; may be given several times',
      asAllowed,
      {},
    )
    .option('--as-command', 'print instead the command that adds it to a policy that is there', false)
    .action(async (given: PolicyStarterOptions) =>
      ended(await (await import('./policy-starter.ts')).policyStarter(given, terminal)),
    )
}
