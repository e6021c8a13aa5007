import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startController } from '@chaos-lite/controller'
import { WebSocketServer } from 'ws'
import type { Bench } from '../bench.ts'
import { startBenchHosts } from '../hosts/bench-hosts.ts'
import { median, times } from '../statistics.ts'
import { cpuMs, type Memory, memoryOf } from './resources.ts'

const SETTLE_MS = 20_000
const WATCH_MS = 60_000
const LOOK_EVERY_MS = 5_000
const MEMORY_AT_MOST = 1.25
const CPU_AT_MOST_PERCENT = 0.2

/** What an agent costs that has nothing to do. */
export const idle: Bench = {
  name: 'idle',
  title: 'An agent at rest',
  async run({ folder, say }) {
    await using controller = await startController({ dataFolder: join(folder, 'data'), port: 0, logLevel: 'warn' })
    await using hosts = await startBenchHosts({ controller, folder: join(folder, 'hosts'), count: 1 })
    await using bare = await bareClient()
    const agentPid = hosts.hosts[0]?.agentPid ?? 0
    say(`waiting ${SETTLE_MS / 1000} s, then watching ${WATCH_MS / 1000} s`)
    await sleep(SETTLE_MS)
    const [agent, plain] = await Promise.all([watch(agentPid), watch(bare.pid)])
    const ratio = agent.memory.residentKib / plain.memory.residentKib
    const said = ({ residentKib, privateKib }: Memory) => `${mib(residentKib)} (${mib(privateKib)} of it its own)`
    const percent = ({ cpuPercent }: Watched) => `${cpuPercent.toFixed(2)} %`
    return {
      rows: [
        {
          what: 'Idle agent: resident memory',
          ours: said(agent.memory),
          against: `bare Node.js with one \`ws\` link: ${said(plain.memory)}`,
          result: times(ratio),
          target: `at most ${MEMORY_AT_MOST} ×`,
          met: ratio <= MEMORY_AT_MOST,
        },
        {
          what: 'Idle agent: processor time over a minute, of one core',
          ours: percent(agent),
          against: `bare: ${percent(plain)}`,
          result: percent(agent),
          target: `at most ${CPU_AT_MOST_PERCENT} %`,
          met: agent.cpuPercent <= CPU_AT_MOST_PERCENT,
        },
      ],
      notes: [
        `The agent as it is shipped, one executable file, linked to a controller, ${SETTLE_MS / 1000} s after its start; beside it, over the same minute, the same Node.js running ten lines that hold one \`ws\` connection.`,
        `Memory is the median of ${WATCH_MS / LOOK_EVERY_MS} readings of \`smaps_rollup\`; processor time is the sum over all threads of \`schedstat\`.`,
        ...(ratio <= MEMORY_AT_MOST ? [] : [WHY_MORE]),
      ],
    }
  },
}

const WHY_MORE =
  'Why more than asked for: half of what is resident are pages of the executable file itself, which the system drops when it needs room. Of the rest, the agent adds to the bare process its own code as source and bytecode, and the schemas of everything that may come over the wire or lie in a file, which zod builds as objects at start.'

interface Watched {
  readonly memory: Memory
  readonly cpuPercent: number
}

async function watch(pid: number): Promise<Watched> {
  const before = await cpuMs(pid)
  const began = performance.now()
  const seen: Memory[] = []
  while (performance.now() - began < WATCH_MS) {
    await sleep(LOOK_EVERY_MS)
    seen.push(await memoryOf(pid))
  }
  const cpuPercent = ((await cpuMs(pid)) - before) / ((performance.now() - began) / 100)
  const of = (field: keyof Memory) => median(seen.map((one) => one[field]))
  return { memory: { residentKib: of('residentKib'), privateKib: of('privateKib') }, cpuPercent }
}

async function bareClient(): Promise<AsyncDisposable & { readonly pid: number }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const main = fileURLToPath(new URL('bare-client.mjs', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [main, `ws://127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout ?? child, 'data')
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
      server.close()
    },
  }
}

function mib(kib: number): string {
  return `${(kib / 1024).toFixed(1)} MiB`
}
