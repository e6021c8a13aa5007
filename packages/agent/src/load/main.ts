import { readdirSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { cannot, type Order, underWay } from '../host/index.ts'
import { loadCpu } from './cpu.ts'
import { loadIo } from './io.ts'
import { fillMemory } from './memory.ts'

const lowest = 19
/** Without an order it ends soon: nobody is there to give one. */
const orderMs = 10_000

/**
 * `chaos-lite-agent load`, which is started by the agent and by nobody else: reads its order from standard input, and
 * ends when that is closed (the agent is gone), when its time is over, or when it is killed. It rolls nothing back, because
 * its end is all that there is to roll back.
 */
export async function loadMain(): Promise<void> {
  for (const event of ['end', 'close']) process.stdin.on(event, () => process.exit(0))
  // The agent closes its end of the pipe once it has heard enough.
  process.stdout.on('error', () => undefined)
  const idle = setTimeout(() => process.exit(1), orderMs)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0))
  try {
    giveWay()
    const order = await readOrder()
    clearTimeout(idle)
    setTimeout(() => process.exit(0), order.lastsMs)
    await begin(order)
    process.stdout.write(`${underWay}\n`)
  } catch (thrown) {
    process.stdout.write(`${cannot}${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
    process.exitCode = 1
    process.stdin.destroy()
  }
}

/** Every other program comes first, and when memory runs out the kernel takes this one first (`man 5 proc_pid_oom_score_adj`). */
function giveWay(): void {
  writeFileSync('/proc/self/oom_score_adj', '1000')
  for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), lowest)
}

function readOrder(): Promise<Order> {
  const lines = createInterface(process.stdin)
  return new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line) as Order)))
}

async function begin({ work }: Order): Promise<void> {
  if (work.kind === 'cpu') loadCpu(work)
  else if (work.kind === 'memory') await fillMemory(work)
  else await loadIo(work)
}
