import { Command, CommanderError } from 'commander'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeProgram } from '../src/program.ts'
import { runProgram } from '../src/run-program.ts'
import { aTerminal } from './support/a-terminal.ts'

async function ran(...args: string[]) {
  const terminal = aTerminal()
  const code = await runProgram(terminal, new AbortController().signal, args)
  return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') }
}

/** Every command, as the words that name it. */
function paths(command: Command, before: readonly string[] = []): { command: Command; path: string[] }[] {
  return command.commands.flatMap((sub) => {
    const path = [...before, sub.name()]
    return [{ command: sub, path }, ...paths(sub, path)]
  })
}

const commands = paths(makeProgram(aTerminal(), new AbortController().signal, () => undefined))
const leaves = commands.filter(({ command }) => command.commands.length === 0)
const needy = leaves.filter(
  ({ command }) =>
    command.registeredArguments.some((one) => one.required) || command.options.some((one) => one.mandatory),
)

beforeEach(() => {
  // Nothing here may reach a controller, and nothing may end the process of the tests.
  vi.stubEnv('CHAOS_LITE_URL', 'http://127.0.0.1:9')
  vi.stubEnv('CHAOS_LITE_TOKEN', 'x')
  vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('process.exit was called')
  })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** What people and their scripts type: a name that is missing here is a broken script. */
const NAMES = [
  ...['login', 'logout', 'hosts', 'incidents', 'stop-all', 'token create'],
  ...['host approve', 'host revoke', 'host label', 'host show'],
  ...['drill validate', 'drill list', 'drill show', 'drill plan', 'drill run'],
  ...['run watch', 'run list', 'run show', 'run abort', 'run answer', 'run acknowledge'],
  ...['schedule add', 'schedule list', 'schedule preview', 'schedule pause', 'schedule resume', 'schedule remove'],
  ...['webhook list', 'webhook add', 'webhook test', 'webhook remove'],
]

test('every command is there, by its name', () => {
  expect(leaves.map(({ path }) => path.join(' ')).sort()).toEqual(NAMES.toSorted())
})

describe('bad usage', () => {
  test.each(leaves.map(({ path }) => path.join(' ')))(
    'ends `%s` with 2 for an option that it does not have',
    async (path) => {
      const { code, err } = await ran(...path.split(' '), '--no-such-option')
      // A required option that is missing is found first.
      expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/no-such-option|required option/) })
    },
  )

  test.each(needy.map(({ path }) => path.join(' ')))('ends `%s` with 2 where something is missing', async (path) => {
    const { code, err } = await ran(...path.split(' '))
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/missing|not specified/) })
  })

  test.each(commands.filter(({ command }) => command.commands.length > 0).map(({ path }) => path.join(' ')))(
    'ends `%s` with 2 and its help, and with 2 for a word that is no command',
    async (path) => {
      expect(await ran(path)).toMatchObject({ code: 2, err: expect.stringContaining(`Usage: chaos-lite ${path}`) })
      expect(await ran(path, 'nonsense')).toMatchObject({ code: 2, err: expect.stringContaining('nonsense') })
    },
  )

  test.each([
    ['schedule add dns --cron', 'argument missing'],
    ['schedule add dns --cron x', '--tz'],
    ['token create --valid-for 5', 'Give a duration such as 30s, 5m or 1h.'],
    ['token create --valid-for 30s', '--valid-for must be at least 1m.'],
    ['token create --valid-for 200h', '--valid-for must be at most 168h.'],
    ['drill validate nope.yaml', 'The file nope.yaml does not exist.'],
    ['drill validate packages', 'The file packages is a folder, not a file.'],
    ['run list --limit 0', 'Give a whole number from 1 to 500.'],
    ['hosts --state odd', 'odd'],
    ['hosts web', 'too many arguments'],
    ['drill plan dns --param x', 'Give it as name=value.'],
    ['host label web role', 'Give each label as name=value: role=…'],
    ['host label web a=b =c', 'Give each label as name=value: =c'],
    ['token create --label role', 'Give it as name=value.'],
    ['nonsense', "unknown command 'nonsense'"],
  ])('of `%s` ends with 2 and a reason', async (line, reason) => {
    expect(await ran(...line.split(' '))).toMatchObject({ code: 2, err: expect.stringContaining(reason) })
  })

  test('a command that would end with another code than 0 without a word says so', async () => {
    const act = vi.spyOn(Command.prototype, 'parseAsync').mockImplementation(async () => {
      throw new CommanderError(1, 'x', '')
    })
    expect(await ran('hosts')).toMatchObject({
      code: 2,
      err: expect.stringContaining('exit code 2 and gave no reason'),
    })
    act.mockRestore()
  })

  test('durations are shown to people as people write them', async () => {
    expect((await ran('token', 'create', '--help')).out).toContain('(default: 1h)')
    const numbers = leaves.flatMap(({ command }) => command.options.filter(({ flags }) => flags.includes('<duration>')))
    expect(numbers.filter((one) => one.defaultValueDescription === undefined)).toEqual([])
  })

  test('is not what asks for help', async () => {
    expect(await ran('--version')).toMatchObject({ code: 0, err: '' })
    expect(await ran('run', 'show', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('Usage') })
  })
})
