// The first process of a bench host, inside a mount namespace of its own. Usage: host-init FILE, a BenchHost as JSON.
// Says the agent's process id once it runs; ends, with everything put back, on SIGTERM.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { link, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mountPrivateFolders } from '../../demo/private-folders.ts'
import { BenchHost } from './definition.ts'

const [file = ''] = process.argv.slice(2)
const host = BenchHost.parse(JSON.parse(await readFile(file, 'utf8')))

// The copy that the agent keeps for its safety timer, in place before it looks: not each host needs the megabytes.
const kept = join(host.folder, 'var-lib', 'chaos-lite', 'bin', host.agentVersion)
await mkdir(kept, { recursive: true })
await link(host.agent, join(kept, 'chaos-lite-agent'))

await mountPrivateFolders(host.folder)
await writeFile('/etc/hosts', host.hosts)
await mkdir('/etc/chaos-lite', { recursive: true, mode: 0o755 })
await writeFile('/etc/chaos-lite/policy.yaml', host.policy, { mode: 0o644 })

const agent = (args: readonly string[]) =>
  spawn(host.agent, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CHAOS_LITE_LOG: 'warn' } })

const [code] = await once(agent(['enrol', '--controller', host.controllerUrl, '--token-file', host.tokenFile]), 'exit')
if (code !== 0) throw new Error(`A bench host could not be enrolled (exit code ${code}).`)
const running = agent(['run'])
process.on('SIGTERM', () => running.kill('SIGTERM'))
running.on('exit', (exitCode) => process.exit(exitCode ?? 1))
process.stdout.write(`${running.pid}\n`)
