import type { Labels } from '@chaos-lite/shared'
import { Command, Option } from 'commander'
import {
  addSchedule,
  addWebhook,
  approveHost,
  contextOf,
  createToken,
  hosts,
  incidents,
  labelHost,
  listDrills,
  listSchedules,
  listWebhooks,
  login,
  logout,
  pauseSchedule,
  planDrill,
  previewSchedule,
  removeSchedule,
  removeWebhook,
  revokeHost,
  runDrill,
  showDrill,
  showHost,
  testWebhook,
  validateDrills,
} from './commands/index.ts'
import type { ExitCode } from './exit-codes.ts'
import { asCount, asInstant, asLabel, asLabelArgument, asPair, durationOption } from './option-values.ts'
import type { Making } from './program/index.ts'
import { addRuns } from './program/index.ts'
import type { Terminal } from './terminal.ts'
import { cliVersion } from './version.ts'

/** The command line. `ended` receives the exit code of the command that was run. */
export function makeProgram(terminal: Terminal, signal: AbortSignal, ended: (code: ExitCode) => void): Command {
  const program = new Command('chaos-lite')
    // First: commands take over what stands here when they are added. Without it they would end the process, with code 1.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .version(cliVersion)
    .description('Small, scheduled, reversible failure drills on real hosts.')
    .addHelpText(
      'after',
      `
Exit codes:
  0  done; for a run: it passed
  1  the run failed or was aborted; the drill has mistakes; the plan was refused
  2  could not be done: bad usage, no link to the controller, not logged in, skipped`,
    )
  const act: Making['act'] = (command, perform) => {
    command.option('--json', 'output for programs').action(async (...given: unknown[]) => {
      const args = given.slice(0, -2) as string[]
      ended(await perform(contextOf(terminal, command.opts().json === true, signal), ...args))
    })
  }
  const making = { program, act }
  addAccess(making)
  addDrills(making)
  addRuns(making)
  addSchedules(making)
  addWebhooks(making)
  return program
}

/** As the controller takes it. */
const VALID_FOR = { flag: '--valid-for', atLeastMs: 60_000, atMostMs: 7 * 86_400_000, presetMs: 3_600_000 }

function addAccess({ program, act }: Making): void {
  const logIn = program.command('login').argument('<url>', 'such as https://chaos.example.test:8321')
  logIn
    .description('Log in to a controller')
    .option('--user <name>', 'the user; asked for without it')
    .option('--ca-file <pem>', 'a private certificate authority')
  act(logIn, (context, url) => login(context, { ...logIn.opts(), url: url ?? '' }))
  act(program.command('logout').description('End the log-in'), logout)
  const list = program.command('hosts').description('List the hosts and what they offer')
  list
    .option('--text <words>', 'only hosts with all these words in name, labels, system or addresses')
    .addOption(new Option('--state <state>', 'only hosts in this state').choices(['pending', 'approved', 'revoked']))
    .addOption(new Option('--link <link>', 'only hosts with, or without, a link now').choices(['online', 'offline']))
    .option('--company <company>', 'only hosts of this company (name or id)')
  act(list, (context) => {
    const { text = '', state = null, link = null, company = null } = list.opts()
    return hosts(context, { text, state, link, company })
  })
  addHost({ program, act })
  act(
    program.command('incidents').description('List what should not have happened: cloned hosts, reused keys'),
    incidents,
  )
  const token = program.command('token').description('Enrolment tokens').command('create')
  token
    .description('Make a one-time token for one host')
    .option(
      '--label <name=value>',
      'a label the host will carry; may be given several times, also with one name',
      asLabel,
    )
    .addOption(durationOption('how long the token may be used, from 1m to 168h', VALID_FOR))
    .option('--no-approve', 'let an administrator approve the host by hand')
  act(token, (context) => {
    const { label = {}, validFor, approve } = token.opts()
    return createToken(context, { label, validForMs: validFor, approve })
  })
}

function addHost({ program, act }: Making): void {
  const host = program.command('host').description('One host, by name or id: show, approve, revoke, label')
  const show = host
    .command('show')
    .argument('<host>')
    .description('Show a host: its state, its system and its hardware')
  act(show, (context, one = '') => showHost(context, one))
  const approve = host.command('approve').argument('<host>').description('Let a host take part in drills')
  approve
    .option('--replaces <host>', 'the host that it takes the place of, which is revoked at the same moment')
    .option('--keep-both', 'approve it although another approved host has its name')
  act(approve, (context, one = '') => {
    const { replaces = null, keepBoth = false } = approve.opts()
    return approveHost(context, one, { replaces, keepBoth })
  })
  const revoke = host.command('revoke').argument('<host>').description('Bar a host for ever')
  revoke.option('--yes', 'do not ask')
  act(revoke, (context, one = '') => revokeHost(context, one, revoke.opts().yes === true))
  const label = host
    .command('label')
    .argument('<host>')
    .argument('[name=value...]', 'labels to set; the others stay. role=web role=mail sets two values of one label')
  label
    .description('Set labels of a host: they decide which drills reach it')
    .option('--remove <name...>', 'labels to remove')
  act(label, (context, one = '') => {
    const set = label.args.slice(1).reduce<Labels>((labels, text) => asLabelArgument(text, labels), {})
    return labelHost(context, one, set, label.opts().remove ?? [])
  })
}

function addDrills({ program, act }: Making): void {
  const drill = program.command('drill').description('Drills: check, show, plan, run')
  const validate = drill.command('validate').argument('<file...>').description('Check drill files; needs no controller')
  act(validate, (context) => validateDrills(context, validate.args))
  act(drill.command('list').description('List the drills that the controller knows'), listDrills)
  act(drill.command('show').argument('<name>').description('Show a drill'), (context, name = '') =>
    showDrill(context, name),
  )
  const plan = withParams(drill.command('plan').argument('<name>').description('Show exactly what a drill would touch'))
  act(plan, (context, name = '') => planDrill(context, name, plan.opts().param ?? {}))
  const run = withParams(
    drill.command('run').argument('<name>').description('Plan, show, ask, start and follow a drill'),
  )
  run.option('--yes', 'do not ask').option('--detach', 'do not follow')
  act(run, (context, name = '') => {
    const { param: params = {}, yes = false, detach = false } = run.opts()
    return runDrill(context, name, { params, yes, detach })
  })
}

const CRON = 'minute hour day month weekday; 0 16 * * 5#1: the first Friday of each month at 16:00'
const ZONE = 'IANA time zone, such as Europe/Berlin'

function addSchedules({ program, act }: Making): void {
  const schedule = program.command('schedule').description('Drills on the calendar')
  const add = withParams(schedule.command('add').argument('<drill>').description('Run a drill on the calendar'))
  add
    .requiredOption('--cron <expression>', CRON)
    .requiredOption('--tz <zone>', ZONE)
    .option('--name <name>', 'the name of the schedule (default: that of the drill)')
  act(add, (context, drill = '') => {
    const { cron, tz: timeZone, name = drill, param: params = {} } = add.opts()
    return addSchedule(context, { drill, cron, timeZone, name, params })
  })
  act(schedule.command('list').description('List the schedules'), listSchedules)
  const preview = schedule
    .command('preview')
    .description('Print the instants at which an expression fires (with --json: ISO 8601 in UTC)')
  preview
    .requiredOption('--cron <expression>', CRON)
    .requiredOption('--tz <zone>', ZONE)
    .option('--from <instant>', 'the first instant that counts, ISO 8601 with the zone (default: now)', asInstant)
  preview.option('--count <n>', 'how many', asCount, 12)
  act(preview, (context) => {
    const { cron, tz: timeZone, from: fromMs = Date.now(), count } = preview.opts()
    return previewSchedule(context, { cron, timeZone, fromMs, count })
  })
  const id = '<schedule>'
  const NAME = 'the name of a schedule, or its id'
  act(schedule.command('pause').argument(id, NAME).description('Let slots pass'), (context, one = '') =>
    pauseSchedule(context, one, true),
  )
  act(
    schedule.command('resume').argument(id, NAME).description('Take up again with the next slot'),
    (context, one = '') => pauseSchedule(context, one, false),
  )
  act(schedule.command('remove').argument(id, NAME).description('Remove a schedule'), (context, one = '') =>
    removeSchedule(context, one),
  )
}

function addWebhooks({ program, act }: Making): void {
  const webhook = program.command('webhook').description('Webhooks that are notified when a person is needed')
  act(webhook.command('list').description('List the webhooks'), listWebhooks)
  const add = webhook.command('add').argument('<url>').description('Add a webhook; its secret is shown this once')
  add.option('--purpose <text>', 'what it is for', '')
  act(add, (context, url = '') => addWebhook(context, { url, purpose: add.opts().purpose }))
  const id = '<webhook>'
  const WEBHOOK = 'the address of a webhook, or its id'
  act(webhook.command('test').argument(id, WEBHOOK).description('Send a test message now'), (context, one = '') =>
    testWebhook(context, one),
  )
  act(webhook.command('remove').argument(id, WEBHOOK).description('Remove a webhook'), (context, one = '') =>
    removeWebhook(context, one),
  )
}

function withParams(command: Command): Command {
  return command.option('--param <name=value>', 'a parameter of the drill; may be given several times', asPair)
}
