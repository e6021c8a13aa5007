import { readFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import * as z from 'zod'

/** Of a reason, this much is repeated at the end of the run: the message, and as a rule where it was thrown. */
const LINES_OF_A_REASON = 20
const MOST_OF_A_LINE = 4_000
/** A test may fail more than once: in itself, and in what looks at the page afterwards. */
const MOST_REASONS = 3

/** What one part of the test run came to. `problems` name what failed or did not run, and why, a few lines each. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly problems: readonly string[]
}

/** The part of Vitest's JSON report that is counted here. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
})

/** Counts a report. A test that was skipped is a failure in CI, where leaving out is failing. */
export async function tallyOf(reportFile: string, leavingOutFails: boolean): Promise<Tally> {
  const report = Report.parse(JSON.parse(await readFile(reportFile, 'utf8')))
  let passed = 0
  const problems: string[] = []
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0)
      problems.push(`${file.name}: did not load${indented([file.message ?? ''])}`)
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1
      else if (test.status === 'failed')
        problems.push(`${file.name}: ${test.fullName}${indented(test.failureMessages ?? [])}`)
      else if (leavingOutFails) problems.push(`${file.name}: ${test.fullName} (left out)`)
      else process.stdout.write(`left out: ${file.name}: ${test.fullName}\n`)
    }
  }
  return { passed, failed: problems.length, problems }
}

/** The reasons as lines below what they are the reasons of, the beginning of each. */
function indented(reasons: readonly string[]): string {
  const linesOf = (reason: string) => stripVTControlCharacters(reason).split('\n').slice(0, LINES_OF_A_REASON)
  const lines = reasons.slice(0, MOST_REASONS).flatMap(linesOf)
  return lines.map((line) => (line === '' ? '' : `\n    ${line.slice(0, MOST_OF_A_LINE)}`)).join('')
}

export function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, tally) => total + tally.passed, 0),
    failed: tallies.reduce((total, tally) => total + tally.failed, 0),
    problems: tallies.flatMap((tally) => tally.problems),
  }
}
