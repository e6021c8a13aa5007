import { ChaosError, durationText } from '@chaos-lite/shared'
import type { Command } from '../program/index.ts'
import { Child } from './start.ts'
import type { TaskName } from './tasks.ts'

/** How one piece of work runs in a process of its own, so that a call that hangs can be ended by a kill. */
export interface ChildOptions {
  /** After this the child is killed with everything that it started. */
  readonly deadlineMs: number
  /** Aborted: the same, at once. */
  readonly signal?: AbortSignal
  readonly onNews?: (news: unknown) => void
  /** How to start this agent; default: `ownCommand()`. */
  readonly command?: Command
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Does one piece of work in a fresh process of this agent, for whatever may hang, burst or be asked to stop in the
 * middle: nothing of it is left when this returns, but for a process that waits in the kernel and dies when that lets
 * it go. @throws ChaosError what the task threw; `timed-out` at the deadline or the abort; `tool-failed` when the child
 * died
 */
export async function runInChild(task: TaskName, input: unknown, options: ChildOptions): Promise<unknown> {
  const { deadlineMs, signal, onNews, command, env } = options
  if (signal?.aborted) throw ended(task)
  const child = new Child(task, command, env)
  const late = setTimeout(() => {
    void child.kill(new ChaosError('timed-out', `The ${task} process did not end within ${durationText(deadlineMs)}.`))
  }, deadlineMs)
  const onAbort = () => void child.kill(ended(task))
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await child.ask(input, onNews)
  } finally {
    clearTimeout(late)
    signal?.removeEventListener('abort', onAbort)
    await child.kill()
  }
}

function ended(task: TaskName): ChaosError {
  return new ChaosError('timed-out', `The ${task} process was ended because its work was called off.`)
}
