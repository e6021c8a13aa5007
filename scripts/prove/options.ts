import { Command, InvalidArgumentError, Option } from 'commander'
import { DISKS } from './draw.ts'
import { Schedule } from './schedule.ts'
import { LEFT_OUT, type LeftOut } from './write-orders/agent.ts'
import { ImageOf } from './write-orders/image-of.ts'

export interface Options {
  readonly schedules?: number
  readonly seed?: number
  readonly world?: 'namespace' | 'lab' | 'orders'
  readonly action?: string
  readonly scenario?: string
  readonly scene?: number
  readonly disk?: (typeof DISKS)[number]
  readonly schedule?: Schedule
  readonly state?: ImageOf
  readonly leaveOut?: LeftOut
  readonly jobs: number
  readonly minutes: number
  readonly out?: string
  readonly from?: string[]
  readonly add?: string[]
}

const help = `
Without options the whole proof is run: 10,000 schedules in namespaces (about an hour on two quiet cores) and 300 on
real hosts with power cuts (about half an hour), and the disks of 126 hosts are recorded and every order of their writes is
replayed (about 20 minutes); then docs/reference/restoration-matrix.md is written.
Needs Linux, root, strace and python3; the lab world needs what "npm run lab" needs.

A seed that broke a promise is run again exactly by:   npm run prove -- --seed SEED --schedules 1
and a schedule that was printed by:                    npm run prove -- --schedule '{"seed":…}'
and a state of recorded disks that was printed by:     npm run prove -- --state '{"recording":…}'
A seed means the same as long as the table of actions and the program are the same; a schedule always does.

Exit codes: 0 every promise was kept, 1 one was broken, 2 nothing was proved`

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 2 ** 31)
    throw new InvalidArgumentError('expected a whole number')
  return value
}

function printed<T>(what: string, form: { parse(value: unknown): T }): (text: string) => T {
  return (text) => {
    try {
      return form.parse(JSON.parse(text))
    } catch (thrown) {
      throw new InvalidArgumentError(`expected ${what} as it is printed: ${String(thrown).slice(0, 300)}`)
    }
  }
}

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('npm run prove --')
    .description(
      'Kills, starves and cuts off the unchanged agent at its system calls, and looks whether the host comes back.',
    )
    .option('--schedules <count>', 'how many to run', whole)
    .option(
      '--seed <number>',
      'the first seed; the n-th schedule has seed + n - 1 (otherwise drawn, and printed)',
      whole,
    )
    .addOption(new Option('--world <name>', 'where').choices(['namespace', 'lab', 'orders']))
    .option('--action <name>', 'only this action, such as hosts.override')
    .option('--scenario <name>', 'only this misfortune, such as "killed twice"')
    .option('--scene <number>', 'only this set-up of the action, counted from 0', whole)
    .addOption(new Option('--disk <kind>', 'in the lab and of orders: only this one').choices(DISKS))
    .option('--schedule <json>', 'run this one schedule', printed('a schedule', Schedule))
    .option('--state <json>', 'boot from this one state of recorded disks', printed('a state', ImageOf))
    .addOption(new Option('--leave-out <syncs>', 'control: the agent never syncs these').choices(LEFT_OUT))
    .option('--jobs <count>', 'worlds side by side; those that wait for a lease cost nothing', whole, 4)
    .option('--minutes <count>', 'begin nothing after this time', whole, 24 * 60)
    .option('--out <file>', 'also write the counts as JSON, to make a table of several calls')
    .option('--from <files...>', 'run nothing: write the table from the counts in these files')
    .option('--add <files...>', 'the same, and keep what the table has of the very same program')
    .addHelpText('after', help)
  command.parse([...argv], { from: 'user' })
  return command.opts<Options>()
}
