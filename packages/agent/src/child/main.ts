import { createInterface } from 'node:readline'
import { failureOf, Order, type Said } from './messages.ts'
import type { Task, TaskName, Tasks } from './tasks.ts'
import { endDescendants } from './tree.ts'

/**
 * `chaos-lite-agent child TASK`, which is started by the agent and by nobody else: works on the orders that it reads from
 * standard input, and ends, with all that it started, when that is closed (the agent is gone) or when it is killed.
 */
export async function childMain(name: string | undefined, tasks: Tasks): Promise<void> {
  // The agent may be gone before it has read everything.
  process.stdout.on('error', () => undefined)
  // Only the agent ends it: whoever stops the service stops the agent, which decides.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const lines = createInterface(process.stdin)
  lines.once('close', () => void endDescendants(process.pid).finally(() => process.exit(0)))
  if (name === undefined || !(name in tasks)) throw new Error(`this agent knows no task ${name}`)
  const task = tasks[name as TaskName]()
  lines.on('line', (line) => void work(task, line))
}

async function work(task: Promise<Task>, line: string): Promise<void> {
  const { id, input } = Order.parse(JSON.parse(line))
  const say = (what: Said) => process.stdout.write(`${JSON.stringify(what)}\n`)
  try {
    const answer = await (await task)(input, (news) => say({ id, news: plain(news) }))
    say({ id, answer: plain(answer) })
  } catch (thrown) {
    say({ id, failed: failureOf(thrown) })
  }
}

/** Nothing is said as null. */
function plain(value: unknown): never {
  return (value === undefined ? null : value) as never
}
