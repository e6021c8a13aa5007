import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { prove } from '../../src/cli/prove.ts'
import { composeWorld } from '../../src/compose.ts'
import { isKept, type Kind } from '../../src/proof/proof.ts'
import { runTrial } from '../../src/proof/run-trial.ts'
import { EXIT, type Terminal } from '../../src/world.ts'
import { plant, temporaryFolder } from '../host/support.ts'

const POLICY = `policy: 1
actions: [hosts.override]
names: [chaos-lite-proof.invalid]
addresses: [192.0.2.1]
`
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const never = new AbortController().signal

/** Real processes of the real agent, on a simulated host that touches nothing but its own folder. */
async function place(policy: string) {
  const root = await temporaryFolder()
  await plant(root, { 'etc/hosts': '127.0.0.1 localhost\n', 'etc/passwd': '', 'etc/group': '' })
  await mkdir(join(root, 'etc/chaos-lite'))
  await writeFile(join(root, 'etc/chaos-lite/policy.yaml'), policy)
  vi.stubEnv('CHAOS_LITE_ROOT', root)
  vi.stubEnv('CHAOS_LITE_SIMULATED', 'yes')
  const said: string[] = []
  const terminal: Terminal = {
    out: (line) => void said.push(line),
    err: (line) => void said.push(line),
    interactive: true,
    ask: async () => false,
    stop: never,
  }
  return { root, said, terminal, world: composeWorld(terminal, root) }
}

describe('a trial with real processes', () => {
  beforeEach(() => void vi.unstubAllEnvs())

  it.each<[Kind, number]>([
    ['undisturbed', 0],
    ['killed', 1_000],
    ['stopped', 0],
  ])('leaves the host as before: %s', async (kind, withinMs) => {
    const { world } = await place(POLICY)
    await using agent = await world.agent()
    const command = [process.execPath, main] as const
    const trial = await runTrial({ ...agent, command, stop: never }, kind, withinMs)
    expect(trial).toMatchObject({ kind, differences: [], open: false })
    expect(isKept(trial), JSON.stringify(trial)).toBe(true)
  })
})

describe('chaos-lite-agent prove', () => {
  const options = { kills: 3, yes: false, json: false }

  it('shows what it would touch, and touches nothing when nobody agrees', async () => {
    const { world, said, terminal } = await place(POLICY)
    expect(await prove(world, options, terminal)).toBe(EXIT.couldNotRun)
    expect(said.join('\n')).toMatch(/chaos-lite-proof\.invalid leads to 192\.0\.2\.1/)
    expect(said.join('\n')).toMatch(/killed 4 times/)
    expect(said.at(-1)).toBe('Nothing was touched.')
  })

  it('is refused, with the line that would allow it, where the policy does not name the failure', async () => {
    const { world, terminal } = await place('policy: 1\n')
    await expect(prove(world, { ...options, yes: true }, terminal)).rejects.toMatchObject({
      code: 'policy-refused',
      rule: expect.stringContaining('hosts.override'),
    })
  })

  it('does nothing while the host is halted', async () => {
    const { root, world, terminal } = await place(POLICY)
    await writeFile(join(root, 'etc/chaos-lite/halt'), '')
    await expect(prove(world, { ...options, yes: true }, terminal)).rejects.toThrow(/halted/)
  })
})
