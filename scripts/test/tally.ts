import { readFile } from 'node:fs/promises'
import * as z from 'zod'

/** What one part of the test run came to. `problems` name what failed or did not run. */
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
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

/** Counts a report. A test that was skipped is a failure in CI, where leaving out is failing. */
export async function tallyOf(reportFile: string, leavingOutFails: boolean): Promise<Tally> {
  const report = Report.parse(JSON.parse(await readFile(reportFile, 'utf8')))
  let passed = 0
  const problems: string[] = []
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0) problems.push(`${file.name}: did not load`)
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1
      else if (test.status === 'failed') problems.push(`${file.name}: ${test.fullName}`)
      else if (leavingOutFails) problems.push(`${file.name}: ${test.fullName} (left out)`)
      else process.stdout.write(`left out: ${file.name}: ${test.fullName}\n`)
    }
  }
  return { passed, failed: problems.length, problems }
}

export function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, tally) => total + tally.passed, 0),
    failed: tallies.reduce((total, tally) => total + tally.failed, 0),
    problems: tallies.flatMap((tally) => tally.problems),
  }
}
