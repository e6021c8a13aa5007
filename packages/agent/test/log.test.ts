import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { commandLog } from '../src/log.ts'

const module = new URL('../src/log.ts', import.meta.url).href

/** What the service's log prints for these calls. */
function printed(calls: string, env: Record<string, string> = {}): Record<string, unknown>[] {
  const source = `import { serviceLog } from '${module}'; const log = await serviceLog(); ${calls}`
  const options = { encoding: 'utf8', env: { ...process.env, ...env } } as const
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', source], options)
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the log of the service', () => {
  test('is one JSON object a line', () => {
    const lines = printed("log('info', 'one'); log('error', 'two\\nlines')")
    expect(lines.map((line) => line.msg)).toEqual(['one', 'two\nlines'])
  })

  test('leaves out what is below its level', () => {
    expect(printed("log('debug', 'x'); log('info', 'y')", { CHAOS_LITE_LOG: 'warn' })).toEqual([])
  })
})

test('a person who runs a command sees only what matters', () => {
  const lines: string[] = []
  const log = commandLog({ err: (line) => lines.push(line) })
  log('debug', 'a')
  log('info', 'b')
  log('warn', 'c')
  log('error', 'd')
  expect(lines).toEqual(['warning: c', 'error: d'])
})
