import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'
import { type Suite, suites } from './suites.ts'
import { sum, type Tally, tallyOf } from './tally.ts'

const OUTPUT = 'test-output'
const inCi = process.env.CI === 'true'

/** Checks that are one command each; each counts as one test. */
const checks: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', 'tsc', ['-b']],
  ['lint and format', 'biome', ['check', '--error-on-warnings', '.']],
  ['generated files are current', 'tsx', ['scripts/docs/main.ts', '--check']],
  ['the agent and the dashboard build', 'tsx', ['scripts/build/main.ts']],
]

async function check([name, command, args]: (typeof checks)[number]): Promise<Tally> {
  process.stdout.write(`\n── ${name}\n`)
  const ok = (await run(command, args)) === 0
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, problems: ok ? [] : [name] }
}

/** `isFirst`: its output is shown while it runs; that of a suite beside it follows at its end. */
async function suite({ name, why, projects, obstacle }: Suite, isFirst: boolean): Promise<Tally> {
  process.stdout.write(`\n── ${name}: ${why}${isFirst ? '' : ' (beside it: the output follows at its end)'}\n`)
  const reason = await obstacle()
  if (reason !== null) {
    process.stdout.write(`left out: ${name}: ${reason}\n`)
    return { passed: 0, failed: inCi ? 1 : 0, problems: inCi ? [`${name} was left out: ${reason}`] : [] }
  }
  const report = join(OUTPUT, `${name}.json`)
  await rm(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const chosen = (projects ?? [name]).flatMap((project) => ['--project', project])
  const args = ['run', ...chosen, '--passWithNoTests', ...reporters]
  const code = await run('vitest', args, isFirst ? 'at once' : 'at its end')
  try {
    const tally = await tallyOf(report, inCi)
    if (code === 0 || tally.failed > 0) return tally
    return sum([tally, { passed: 0, failed: 1, problems: [`${name}: vitest ended with exit code ${code}`] }])
  } catch (error) {
    return { passed: 0, failed: 1, problems: [`${name}: no readable report (${String(error)})`] }
  }
}

await mkdir(OUTPUT, { recursive: true })
const only = process.argv.slice(2)
const tallies: Tally[] = []
if (only.length === 0) for (const one of checks) tallies.push(await check(one))
for (const group of suites) {
  const wanted = group.filter(({ name }) => only.length === 0 || only.includes(name))
  tallies.push(...(await Promise.all(wanted.map((one, index) => suite(one, index === 0)))))
}
const total = sum(tallies)
if (total.failed > 0) process.stdout.write(`\nFailed:\n${total.problems.map((line) => `  ${line}\n`).join('')}`)
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
