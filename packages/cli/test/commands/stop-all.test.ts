import type { StopAllView } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { stopAll } from '../../src/commands/run.ts'
import { ExitCode } from '../../src/exit-codes.ts'

type Host = StopAllView['hosts'][number]

const host = (name: string, state: Host['state'], detail = ''): Host => ({
  ...{ hostId: `h-${name.padStart(24, '0')}`, runId: '01J00000000000000000000000', name, state, detail },
})

/** A controller that says one thing after another; the last one again and again. */
async function stopping(views: readonly (readonly Host[])[], signal = new AbortController().signal) {
  const out: string[] = []
  let asked = 0
  const view = async () => {
    const hosts = views[Math.min(asked, views.length - 1)] ?? []
    asked += 1
    return { stoppedMs: 1, hosts: [...hosts] }
  }
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void out.push(text),
    ...{ live: false, columns: 80 },
    style: (format: string, text: string) => `<${format}>${text}</${format}>`,
  }
  const api = { get: view, post: view } as unknown as Api
  const context: CommandContext = { terminal, json: false, signal, api: async () => api }
  return { code: await stopAll(context), out, asked }
}

describe('stop-all on the command line', () => {
  test('names every host until the last one has confirmed', async () => {
    const { code, out } = await stopping([
      [host('a', 'asked'), host('b', 'putting back', 'service.stop may still be in place.')],
      [host('a', 'confirmed', 'Nothing was changed here.'), host('b', 'confirmed', 'Rolled back: identical.')],
    ])
    expect(code).toBe(ExitCode.ok)
    expect(out).toEqual([
      'a: asked.',
      'b: rolling back. service.stop may still be in place.',
      'a: confirmed. Nothing was changed here.',
      'b: confirmed. Rolled back: identical.',
      'Everything is rolled back.',
    ])
  })

  test('ends in red where a person must act, and says who and what', async () => {
    const { code, out } = await stopping([[host('a', 'confirmed'), host('b', 'not put back', 'Start nginx by hand.')]])
    expect(code).toBe(ExitCode.failed)
    expect(out.at(-2)).toBe('<red>b: not rolled back. Start nginx by hand.</red>')
    expect(out.at(-1)).toContain('<red>NOT confirmed: b.')
  })

  test('waits for a host that cannot be reached, in red, until the person has had enough', async () => {
    const enough = new AbortController()
    const views = [[host('a', 'unreachable', 'It has no link; last seen 2026-11-22 09:00:00 UTC.')]]
    const ending = stopping(views, enough.signal)
    enough.abort()
    const { code, out } = await ending
    expect(code).toBe(ExitCode.failed)
    expect(out[0]).toMatch(/^<red>a: unreachable\. It has no link; last seen/)
    expect(out.filter((line) => line.includes('unreachable'))).toHaveLength(1)
  })
})
