import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BuiltAgent, buildAgent } from '../scripts/build/index.ts'

const run = promisify(execFile)

describe.skipIf(process.platform !== 'linux')('the agent as one executable file', () => {
  let agent: BuiltAgent
  beforeAll(async () => {
    agent = await buildAgent()
  })

  /** Runs it with nothing of this workspace in reach: no Node.js in the path, another folder, an empty environment. */
  async function alone(...args: string[]) {
    const root = await mkdtemp(join(tmpdir(), 'chaos-lite-sea-'))
    try {
      const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CHAOS_LITE_ROOT: root, NODE_OPTIONS: '--no-such-option' }
      return await run(agent.executable, args, { cwd: root, env })
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  }

  test('it runs by itself and says its version, and nothing else', async () => {
    expect(await alone('--version')).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  })

  test('it can say that nothing is open', async () => {
    expect(JSON.parse((await alone('status', '--json')).stdout)).toMatchObject({ open: [], unreadable: [] })
  })

  test('it brings the starter policies along', async () => {
    expect((await alone('policy', 'starter', '--profile', 'workstation')).stdout).toContain('hosts.override')
  })

  test('the file beside it is its digest, in the form that sha256sum checks', async () => {
    const folder = dirname(agent.executable)
    const checked = await run('sha256sum', ['--check', '--strict', 'chaos-lite-agent.sha256'], { cwd: folder })
    expect(checked.stdout).toBe('chaos-lite-agent: OK\n')
    const digests = (await readdir(folder)).filter((name) => /finger/.test(name))
    expect(digests).toEqual([])
  })

  test('building again from the same sources does nothing', async () => {
    expect((await buildAgent()).fresh).toBe(false)
  })
})
