import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { run } from '../run.ts'
import { tool } from '../tools.ts'
import { type ConfigTest, configTests } from './config-tests.ts'
import type { UnitFacts } from './unit-facts.ts'

const testTimeoutMs = 10_000
const maxLine = 240
const leastCodeOfSystemd = 200

type Argv = readonly [string, ...string[]]

/**
 * Runs the configuration test of a known program as systemd would run it: with the unit's account and environment, and
 * with the whole file system read-only, because preparing only reads. Null: no test is known, or it found no fault.
 */
export async function configurationFault(unit: string, facts: UnitFacts): Promise<string | null> {
  const tests = testsOf(facts)
  for (const test of tests) {
    const said = await faultOf(test, facts)
    if (said === null) continue
    const command = test.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' ')
    return `${unit} could not be started again: its configuration test "${command}" says: ${said} Correct the configuration, then try again.`
  }
  return null
}

/** The unit's own tests before a start where it has some, else the one from the table. */
export function testsOf({ ExecStart, ExecStartPre }: Pick<UnitFacts, 'ExecStart' | 'ExecStartPre'>): readonly Argv[] {
  const [start] = ExecStart
  if (start === undefined) return []
  const [program, [, ...given]] = start
  const known = configTests.find((each) => each.program.test(basename(program)))
  if (known === undefined) return []
  const own = ExecStartPre.filter(([path, [, ...args], mayFail]) => !mayFail && isTest(known, basename(path), args))
  if (own.length > 0) return own.map(([path, [, ...args]]) => [path, ...args] as const)
  const args = known.args(given)
  const tester = known.by === undefined ? program : besideOrTool(program, known.by)
  return args === null || tester === null ? [] : [[tester, ...args]]
}

function isTest({ program, by, args }: ConfigTest, name: string, given: readonly string[]): boolean {
  if (by !== undefined) return name === by
  const [mark] = args([]) ?? []
  return program.test(name) && mark !== undefined && given.includes(mark)
}

function besideOrTool(program: string, name: string): string | null {
  const beside = join(dirname(program), name)
  return existsSync(beside) ? beside : tool(name)
}

async function faultOf(test: Argv, facts: UnitFacts): Promise<string | null> {
  const settings = [
    ...['ProtectSystem=strict', 'ProtectHome=read-only', 'PrivateTmp=yes', `RuntimeMaxSec=${testTimeoutMs / 1000}`],
    ...(facts.User === '' ? [] : [`User=${facts.User}`]),
    ...(facts.Group === '' ? [] : [`Group=${facts.Group}`]),
    ...facts.Environment.map((assignment) => `Environment="${assignment.replaceAll(/["\\]/g, '\\$&')}"`),
    ...facts.EnvironmentFiles.map(([path, mayMiss]) => `EnvironmentFile=${mayMiss ? '-' : ''}${path}`),
  ]
  const how = ['systemd-run', '--quiet', '--collect', '--wait', '--pipe'] as const
  const properties = settings.map((setting) => `--property=${setting}`)
  const finished = await run([...how, ...properties, '--', ...test], { timeoutMs: 2 * testTimeoutMs }).catch(() => null)
  const code = finished?.code ?? null
  // From 200 on it is systemd that could not run the test (`man 5 systemd.exec`).
  if (finished === null || code === null || code === 0 || code >= leastCodeOfSystemd) return null
  return faultIn(`${finished.stderr}\n${finished.stdout}`, code)
}

/** The line that names the fault; null where the test could not be made, or failed only because it may not write. */
export function faultIn(output: string, code = 1): string | null {
  const lines = output
    .split('\n')
    .map((line) =>
      line
        .replaceAll(/[^\P{C} ]+/gu, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
  const cannotTest =
    /read-only file system|(?:unrecogni[sz]ed|unknown|invalid|illegal)(?: command line)? (?:option|argument)[ :]*['"]?-|^usage:|failed to start transient service|failed to connect to bus/i
  if (lines.some((line) => cannotTest.test(line))) return null
  const line = lines.find((each) => /emerg|\berror\b|fatal|syntax|failed|invalid|cannot/i.test(each)) ?? lines.at(-1)
  return line === undefined ? `nothing, and ends with code ${code}.` : `"${line.slice(0, maxLine)}".`
}
