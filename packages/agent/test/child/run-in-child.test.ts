import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { runInChild } from '../../src/child/run-in-child.ts'
import type { Command } from '../../src/program/executable.ts'

const standIn: Command = [process.execPath, fileURLToPath(new URL('../fixtures/child-main.ts', import.meta.url))]
const run = (what: string, more: Partial<Parameters<typeof runInChild>[2]> = {}) =>
  runInChild('echo', { do: what }, { deadlineMs: 60_000, command: standIn, ...more })

const isThere = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a piece of work in a child process', () => {
  test('answers, after its news, and is gone then', async () => {
    const news: unknown[] = []
    const { pid } = (await run('answer', { onNews: (one) => news.push(one) })) as { pid: number }
    expect(news).toEqual([1, 2])
    await eventually(() => expect(isThere(pid)).toBe(false))
  })

  test('fails as its task failed, with code and rule', async () => {
    await expect(run('fail')).rejects.toMatchObject({ code: 'policy-refused', rule: 'files: []', message: 'Not here.' })
  })

  test('fails when the process dies or says nonsense', async () => {
    await expect(run('die')).rejects.toMatchObject({ code: 'tool-failed', message: expect.stringContaining('with 7') })
    await expect(run('nonsense')).rejects.toMatchObject({ code: 'tool-failed' })
    const command = ['/nowhere/chaos-lite-agent'] as const
    await expect(run('answer', { command })).rejects.toMatchObject({ code: 'tool-failed' })
  })

  test('is killed at its deadline, even when it hears nothing', async () => {
    let pid = 0
    const spinning = run('spin', { deadlineMs: 3_000, onNews: (one) => (pid = Number(one)) })
    await expect(spinning).rejects.toMatchObject({ code: 'timed-out' })
    await eventually(() => expect(isThere(pid)).toBe(false))
    expect(pid).toBeGreaterThan(0)
  })

  test('is killed when it is called off, with all that it started, also what left its parent', async () => {
    const off = new AbortController()
    const pids: number[] = []
    const onNews = (one: unknown) => {
      pids.push(...(one as number[]))
      off.abort()
    }
    await expect(run('leave processes', { signal: off.signal, onNews })).rejects.toMatchObject({ code: 'timed-out' })
    expect(pids).toHaveLength(3)
    await eventually(() => expect(pids.filter(isThere)).toEqual([]))
  })

  test('is done by this agent itself by default', async () => {
    expect(await runInChild('echo', { a: [1] }, { deadlineMs: 60_000 })).toEqual({ a: [1] })
  })
})
