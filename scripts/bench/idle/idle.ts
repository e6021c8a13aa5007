import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startController } from '@chaos-lite/controller'
import { WebSocketServer } from 'ws'
import { buildAgent } from '../../build/index.ts'
import type { Bench, Row } from '../bench.ts'
import { startBenchHosts } from '../hosts/bench-hosts.ts'
import { median, times } from '../statistics.ts'
import { copyOnDisk, forget } from './from-disk.ts'
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
    const hosts = (layout: 'split' | 'one process', name: string) =>
      startBenchHosts({ controller, folder: join(folder, name), count: 1, layout })
    await forget((await buildAgent()).executable)
    await using split = await hosts('split', 'split')
    await using whole = await hosts('one process', 'whole')
    await using bare = await bareClient(await copyOnDisk(process.execPath, join(folder, 'node')))
    say(`waiting ${SETTLE_MS / 1000} s, then watching ${WATCH_MS / 1000} s`)
    await sleep(SETTLE_MS)
    const processes = await processesOf(split.hosts[0]?.agentPid ?? 0)
    const pids = [split.hosts[0]?.agentPid ?? 0, whole.hosts[0]?.agentPid ?? 0, bare.pid] as const
    const [link, one, plain] = await Promise.all([watch(pids[0]), watch(pids[1]), watch(pids[2])])
    return {
      rows: [
        ...rowsFor(
          `Idle agent (${processes === 1 ? 'one process is left: the link' : `${processes} processes`})`,
          link,
          plain,
          true,
        ),
        ...rowsFor('The whole agent in one process, as where there is no systemd', one, plain, false),
      ],
      notes: [
        `The agent as it is shipped, one executable file, linked to a controller, ${SETTLE_MS / 1000} s after its start; beside it, over the same minute, the same Node.js running ten lines that hold one \`ws\` connection.`,
        'Installed with systemd, the root part of an idle agent has ended by then; what is measured is the part that stays, and that no other process of the agent is there was looked at. Here `systemd-socket-activate` plays systemd.',
        `Memory is the median of ${WATCH_MS / LOOK_EVERY_MS} readings of \`smaps_rollup\`; processor time is the sum over all threads of \`schedstat\`. About half of what is resident are pages of the executable file itself, which the system drops when it needs room; both were read from disk anew, because how many pages of a file count depends on how they came into memory.`,
        'Why one process costs more: it keeps the code of everything that it may ever do, and the schemas of everything that may come over the wire or lie in a file, which zod builds as objects at start.',
      ],
    }
  },
}

function rowsFor(who: string, seen: Watched, plain: Watched, hasTarget: boolean): readonly Row[] {
  const ratio = seen.memory.residentKib / plain.memory.residentKib
  const said = ({ residentKib, anonymousKib }: Memory) => `${mib(residentKib)} (${mib(anonymousKib)} of it its own)`
  const percent = ({ cpuPercent }: Watched) => `${cpuPercent.toFixed(2)} %`
  return [
    {
      what: `${who}: resident memory`,
      ours: said(seen.memory),
      against: `bare Node.js with one \`ws\` link: ${said(plain.memory)}`,
      result: times(ratio),
      target: hasTarget ? `at most ${MEMORY_AT_MOST} ×` : '-',
      met: hasTarget ? ratio <= MEMORY_AT_MOST : null,
    },
    {
      what: `${who}: processor time over a minute, of one core`,
      ours: percent(seen),
      against: `bare: ${percent(plain)}`,
      result: percent(seen),
      target: hasTarget ? `at most ${CPU_AT_MOST_PERCENT} %` : '-',
      met: hasTarget ? seen.cpuPercent <= CPU_AT_MOST_PERCENT : null,
    },
  ]
}

/** How many processes run the executable of this one in its mount namespace. */
async function processesOf(pid: number): Promise<number> {
  const [exe, namespace] = await Promise.all([readlink(`/proc/${pid}/exe`), readlink(`/proc/${pid}/ns/mnt`)])
  const same = async (other: string) => {
    const found = await Promise.all([readlink(`/proc/${other}/exe`), readlink(`/proc/${other}/ns/mnt`)]).catch(() => [])
    return found[0] === exe && found[1] === namespace
  }
  const others = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return (await Promise.all(others.map(same))).filter(Boolean).length
}

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
  return { memory: { residentKib: of('residentKib'), anonymousKib: of('anonymousKib') }, cpuPercent }
}

async function bareClient(node: string): Promise<AsyncDisposable & { readonly pid: number }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const main = fileURLToPath(new URL('bare-client.mjs', import.meta.url))
  const child: ChildProcess = spawn(node, [main, `ws://127.0.0.1:${port}`], {
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
