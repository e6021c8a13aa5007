import { Command, InvalidArgumentError } from 'commander'

export interface Options {
  /** The folder of the package below `packages`. */
  readonly package: string
  readonly count: number
  /** The same seed draws the same mutations of the same commit; null: a fresh one. */
  readonly seed: number | null
  /** How many test files, those that import the mutated file most directly, are run for each mutation. */
  readonly files: number
  /** How long they may take. */
  readonly seconds: number
}

const help = `
Draws mutations of the last commit, each the removal of a statement, an emptied return or an inverted condition in an
exported function. Each is applied in a copy of the project and tested with the unit tests nearest to it: a mutation
that no test notices has survived, and is printed with its place.

Exit codes: 0 every mutation was caught, 1 one survived or its tests took too long, 2 nothing was tested`

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value
    throw new InvalidArgumentError(`expected a whole number from ${least} on`)
  }
}

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('npm run mutate --')
    .description('Changes the program on purpose, and looks whether a test fails.')
    .argument('<package>', 'a folder below packages, for example cli')
    .option('--count <number>', 'how many mutations are drawn', whole(1), 20)
    .option('--seed <number>', 'draws the same mutations again', whole(0))
    .option('--files <number>', 'the most test files that are run for one mutation', whole(1), 6)
    .option('--seconds <number>', 'the longest time for the tests of one mutation', whole(1), 300)
    .addHelpText('after', help)
    .parse([...argv], { from: 'user' })
  const { count, seed = null, files, seconds } = command.opts<Omit<Options, 'package'>>()
  return { package: command.args[0] ?? '', count, seed, files, seconds }
}
