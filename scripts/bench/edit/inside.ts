// Inside a mount namespace of its own: the real engine and the shell script in turn, on the same private hosts file.
// Usage: inside.ts FOLDER ROUNDS. Writes what it measured as one line of JSON.
import { execFile } from 'node:child_process'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { composeWorld } from '../../../packages/agent/src/compose.ts'
import { mountPrivateFolders } from '../../demo/private-folders.ts'
import { monoMs } from '../statistics.ts'

const exec = promisify(execFile)
const [folder = '', rounds = '15'] = process.argv.slice(2)
const name = 'erp.example.test'
const before = '127.0.8.11'
const after = '127.0.8.12'
const script = fileURLToPath(new URL('edit.sh', import.meta.url))
const WARM_UP = 2

await mountPrivateFolders(folder)
const journal = join(folder, 'script-journal')
await mkdir(journal, { recursive: true })
await writeFile('/etc/hosts', `127.0.0.1 localhost\n${before} ${name}\n`)
await mkdir('/etc/chaos-lite', { recursive: true })
const policy = `policy: 1\nactions: [hosts.override]\nnames: [${name}]\naddresses: [${after}]\nholdAtMost: 15m\n`
await writeFile('/etc/chaos-lite/policy.yaml', policy, { mode: 0o644 })

let syncs = 0
await countSyncs()
const terminal = {
  out: () => undefined,
  err: (line: string) => void process.stderr.write(`${line}\n`),
  interactive: false,
  ask: async () => true,
  stop: new AbortController().signal,
}
const engineMs: number[] = []
const scriptMs: number[] = []
let engineSyncs = 0
{
  await using agent = await composeWorld(terminal, '').agent()
  const params = { entries: [{ name, address: after }] }
  const request = { action: 'hosts.override', params, holdMs: 60_000, effectWaitMs: 0, onLinkLoss: 'revert' } as const
  for (let round = 0; round < Number(rounds) + WARM_UP; round += 1) {
    const { digest } = await agent.engine.prepare(request)
    await agent.engine.warm()
    const runId = `01J${String(round).padStart(23, '0')}`
    syncs = 0
    const began = monoMs()
    await agent.engine.inject({ ...request, runId, stepId: 'edit', explanationDigest: digest })
    const [outcome] = await agent.engine.revert({ runId }, 'released early')
    const tookMs = monoMs() - began
    if (outcome?.restoration !== 'identical') throw new Error(`not rolled back: ${JSON.stringify(outcome)}`)
    const scriptBegan = monoMs()
    await exec('sh', [script, '/etc/hosts', journal, after, name])
    const scriptTookMs = monoMs() - scriptBegan
    if (round < WARM_UP) continue
    engineSyncs = syncs
    engineMs.push(tookMs)
    scriptMs.push(scriptTookMs)
  }
}
process.stdout.write(`${JSON.stringify({ engineMs, scriptMs, engineSyncs })}\n`)

/** Every sync of the engine goes through a file handle of Node.js. */
async function countSyncs(): Promise<void> {
  const handle = await open('/dev/null')
  const methods = Object.getPrototypeOf(handle)
  await handle.close()
  for (const method of ['sync', 'datasync']) {
    const real = methods[method]
    methods[method] = function (...args: unknown[]) {
      syncs += 1
      return real.apply(this, args)
    }
  }
}
