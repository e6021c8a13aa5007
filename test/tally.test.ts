import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tallyOf } from '../scripts/test/tally.ts'

async function reportOf(assertionResults: readonly object[], message = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-tally-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'report.json')
  await writeFile(
    file,
    JSON.stringify({ testResults: [{ name: '/p/a.test.ts', status: 'failed', message, assertionResults }] }),
  )
  return file
}

describe('what a test run came to', () => {
  it('says why each test failed, so that the end of a long log is enough', async () => {
    const file = await reportOf([
      { fullName: 'adds', status: 'passed', failureMessages: [] },
      {
        fullName: 'divides',
        status: 'failed',
        failureMessages: ['\u001b[31mAssertionError: expected 1\u001b[39m\n    at a.ts:3'],
      },
    ])
    const tally = await tallyOf(file, true)
    expect(tally).toMatchObject({ passed: 1, failed: 1 })
    expect(tally.problems).toEqual(['/p/a.test.ts: divides\n    AssertionError: expected 1\n        at a.ts:3'])
  })

  it('says why a file did not load', async () => {
    const { problems } = await tallyOf(await reportOf([], 'Cannot find module x'), true)
    expect(problems).toEqual(['/p/a.test.ts: did not load\n    Cannot find module x'])
  })

  it('keeps a reason short, however long it is', async () => {
    const reason = Array.from({ length: 5000 }, (_, line) => `line ${line}`).join('\n')
    const file = await reportOf([{ fullName: 'long', status: 'failed', failureMessages: [reason] }])
    const [problem = ''] = (await tallyOf(file, true)).problems
    expect(problem.split('\n').length).toBeLessThan(25)
    expect(problem).toContain('line 0\n')
  })

  it('says every reason, also after a long one: what the page showed comes second', async () => {
    const long = Array.from({ length: 5000 }, (_, line) => `line ${line}`).join('\n')
    const file = await reportOf([
      { fullName: 'two', status: 'failed', failureMessages: [long, 'Error: the page said then'] },
    ])
    expect((await tallyOf(file, true)).problems[0]).toContain('    Error: the page said then')
  })

  it.each([
    { leavingOutFails: true, failed: 1 },
    { leavingOutFails: false, failed: 0 },
  ])('counts a test that was left out as failed in CI: $leavingOutFails', async ({ leavingOutFails, failed }) => {
    const file = await reportOf([{ fullName: 'later', status: 'pending' }])
    expect(await tallyOf(file, leavingOutFails)).toMatchObject({ passed: 0, failed })
  })
})
