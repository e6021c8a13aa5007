import { spawn } from 'node:child_process'
import { join } from 'node:path'

export type Verdict = 'passed' | 'failed' | 'took too long'

/** Runs unit tests of the copy, and stops at the first that fails. Ends what it has started when `signal` aborts. */
export async function runTests(
  folder: string,
  files: readonly string[],
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<Verdict> {
  signal.throwIfAborted()
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--project', 'unit', '--project', 'together', '--bail', '1', ...files]
  // A group of its own: vitest starts workers, and tests start programs.
  const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore', detached: true })
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
  }, seconds * 1000)
  signal.addEventListener('abort', end, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    signal.throwIfAborted()
    return late ? 'took too long' : code === 0 ? 'passed' : 'failed'
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}
