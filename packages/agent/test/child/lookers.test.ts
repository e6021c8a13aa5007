import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { Lookers } from '../../src/child/lookers.ts'
import type { Command } from '../../src/program/executable.ts'

const standIn: Command = [process.execPath, fileURLToPath(new URL('../fixtures/looker-main.ts', import.meta.url))]
const never = new AbortController().signal

afterEach(() => {
  vi.unstubAllEnvs()
})

const isThere = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The process that looked. */
const pidOf = async (lookers: Lookers, params: unknown = { do: 'answer' }) => {
  const seen = await lookers.look('file', params, never)
  return seen.evaluated ? Number(seen.value.pid) : 0
}

describe('looks in another process', () => {
  test('are done by one that is kept', async () => {
    using lookers = new Lookers(standIn)
    const pid = await pidOf(lookers)
    expect(pid).toBeGreaterThan(0)
    expect(await pidOf(lookers)).toBe(pid)
    await expect(lookers.look('file', { do: 'fail' }, never)).rejects.toMatchObject({ code: 'policy-refused' })
    expect(await pidOf(lookers)).toBe(pid)
  })

  test('that hang are killed when their time is over, and the others go on', async () => {
    using lookers = new Lookers(standIn)
    const late = new AbortController()
    const hanging = lookers.look('file', { do: 'spin' }, late.signal)
    const other = await pidOf(lookers)
    const all = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
    const spinning = all.filter((row) => row.includes('looker-main.ts') && !row.includes(String(other)))
    late.abort()
    await expect(hanging).rejects.toMatchObject({ code: 'timed-out' })
    const pids = spinning.map((row) => Number(row.trim().split(' ')[0]))
    await eventually(() => expect(pids.filter(isThere)).toEqual([]))
    expect(await pidOf(lookers)).toBe(other)
  })

  test('more than a few wait for their turn, and are called off while they wait', async () => {
    using lookers = new Lookers(standIn)
    const late = new AbortController()
    const hanging = Array.from({ length: 4 }, () => lookers.look('file', { do: 'spin' }, late.signal))
    const off = new AbortController()
    const waiting = lookers.look('file', { do: 'answer' }, off.signal)
    off.abort()
    await expect(waiting).rejects.toThrow()
    const next = pidOf(lookers)
    late.abort()
    await Promise.allSettled(hanging)
    expect(await next).toBeGreaterThan(0)
  })

  test('are those of this agent, which asks its policy once more', async () => {
    const root = mkdtempSync(join(tmpdir(), 'chaos-lite-lookers-'))
    mkdirSync(join(root, 'etc/chaos-lite'), { recursive: true })
    const [file, pipe] = [join(root, 'file'), join(root, 'pipe')]
    writeFileSync(file, 'text')
    execFileSync('mkfifo', [pipe])
    writeFileSync(join(root, 'etc/chaos-lite/policy.yaml'), `policy: 1\nfiles: [${file}, ${pipe}]\n`, { mode: 0o600 })
    vi.stubEnv('CHAOS_LITE_ROOT', root)
    using lookers = new Lookers()
    expect(await lookers.look('file', { path: file, sha256: true }, never)).toMatchObject({
      evaluated: true,
      value: { exists: true, sizeBytes: 4 },
    })
    expect(await lookers.look('certificate', { path: pipe }, never)).toMatchObject({
      evaluated: false,
      message: expect.stringContaining('is no file'),
    })
    await expect(lookers.look('file', { path: '/etc/shadow' }, never)).rejects.toMatchObject({ code: 'policy-refused' })
  })
})
