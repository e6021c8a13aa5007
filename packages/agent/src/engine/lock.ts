import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { makeFolder } from '../journal/durable.ts'

/** A lock that is held until it is disposed of, or until this process dies, however it dies. */
export interface Lock extends AsyncDisposable {
  /** Aborted when somebody ended the process that holds the lock for us. */
  readonly lost: AbortSignal
}

/** Gives one holder at a time the right to change the host and the journal. */
export interface Locker {
  /** Waits at most `waitMs` for the present holder. @throws ChaosError `host-busy` */
  acquire(waitMs: number): Promise<Lock>
}

const greeting = 'held\n'
/** Only programs of the system, whatever `PATH` this process was given; and found at the first look. */
const environment = { PATH: '/usr/bin:/usr/sbin:/bin:/sbin' }

/**
 * A lock on `path` through `flock(1)`, because Node.js offers none: the kernel's lock belongs to a child `cat` that
 * lives as long as the pipe to it. When this process dies, by `kill -9` too, the pipe ends, the child with it, and
 * with the child the lock.
 */
export function flockLocker(path: string): Locker {
  return {
    async acquire(waitMs) {
      await makeFolder(dirname(path))
      const wait = ['--wait', String(Math.max(0.001, waitMs / 1000))]
      const child = spawn('flock', ['--exclusive', ...wait, '--no-fork', path, 'cat'], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: environment,
      })
      const gone = new Promise<string>((resolve) => {
        child.once('error', (error) => resolve(error.message))
        child.once('exit', (code, signal) => resolve(`flock ended with ${signal ?? code}`))
      })
      child.stdin.on('error', () => undefined)
      child.stdin.write(greeting)
      const failure = await Promise.race([once(child.stdout, 'data').then(() => null), gone])
      if (failure !== null) throw refused(path, waitMs, child.exitCode, failure)
      return held(child, gone)
    },
  }
}

function refused(path: string, waitMs: number, exitCode: number | null, failure: string): ChaosError {
  // flock(1) ends with 1 when the time to wait is over.
  if (exitCode === 1) {
    const waited = `${path} was held by another process for more than ${waitMs} ms`
    return new ChaosError('host-busy', `Another chaos-lite-agent is at work on this host: ${waited}. Try again later.`)
  }
  return new ChaosError('tool-failed', `The lock ${path} cannot be taken: ${failure}. Is flock(1) installed?`)
}

function held(child: ChildProcessWithoutNullStreams, gone: Promise<string>): Lock {
  const lost = new AbortController()
  let released = false
  child.stdout.resume()
  child.stderr.resume()
  void gone.then((reason) => {
    if (!released) lost.abort(new Error(reason))
  })
  return {
    lost: lost.signal,
    async [Symbol.asyncDispose]() {
      if (released) return
      released = true
      child.stdin.end()
      await gone
    },
  }
}
