import { spawn } from 'node:child_process'
import { ChaosError } from '@chaos-lite/shared'
import type { Command } from '../../program/index.ts'
import { oneLine } from '../../text/index.ts'
import { MOST_LINE_BYTES, Said } from './messages.ts'

const MOST_LINES = 64
const MOST_ERROR_BYTES = 16 * 1024
/** What it said last may still be on its way when it has ended. */
const LAST_WORDS_MS = 2_000
/** A killed process that is not gone after this is kept by the kernel. */
const DYING_MS = 2_000

/** How a child is started, and the one order that it gets. */
export interface Talk {
  readonly command: Command
  /** Sent as one line of JSON; standard input then stays open until this process is gone or the child has ended. */
  readonly order: unknown
  /** A process group of its own, or that of this process. */
  readonly ownGroup: boolean
  readonly env?: Readonly<Record<string, string>>
  onPhase(phase: string, tookMs: number): void
}

/** A child at work. */
export interface Talking {
  readonly pid: number | undefined
  /** Closes its standard input: the child is asked to end. */
  ask(): void
  /** Ends it, with its group where it has one. */
  kill(): void
  /** What it said at its end. @throws ChaosError `tool-failed` when it ended without a word */
  readonly ended: Promise<Exclude<Said, { phase: string }>>
}

/**
 * Starts a child process that is given one order and reports its phases and one answer, as lines of JSON. It is not
 * trusted: it may have read a hostile backup. More lines, longer lines or other lines than expected end it.
 */
export function talk({ command: [program, ...args], order, ownGroup, env, onPhase }: Talk): Talking {
  const child = spawn(program, args, {
    cwd: '/',
    detached: ownGroup,
    env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { promise: ended, resolve, reject } = Promise.withResolvers<Exclude<Said, { phase: string }>>()
  // What the kernel keeps dies when that lets it go: nobody waits for it.
  const leave = () => {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
    child.unref()
    if (heard.last !== null) return resolve(heard.last)
    reject(new ChaosError('timed-out', 'The process that restores was killed and is still there: a file system hangs'))
  }
  const kill = () => {
    try {
      if (ownGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // It has ended by itself.
    }
    if (child.exitCode !== null || child.signalCode !== null) return
    const dying = setTimeout(leave, DYING_MS)
    child.once('exit', () => clearTimeout(dying))
  }
  const heard = new Lines(kill, onPhase)
  let stderr = ''
  child.stdin.on('error', () => undefined)
  child.stdin.write(`${JSON.stringify(order)}\n`)
  child.stdout.on('data', (chunk: Buffer) => heard.add(chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < MOST_ERROR_BYTES) stderr += chunk.toString('utf8')
  })
  child.on('error', (cause) => reject(new ChaosError('tool-failed', `The restore cannot be started: ${cause.message}`)))
  // A process that it started may hold its streams for ever, because the kernel keeps it: nobody waits for that one.
  child.on('exit', () => {
    const late = setTimeout(
      () => [child.stdout, child.stderr].forEach((stream) => void stream.destroy()),
      LAST_WORDS_MS,
    )
    child.once('close', () => clearTimeout(late))
  })
  child.on('close', (code, signal) => {
    if (heard.last !== null) return resolve(heard.last)
    const why = heard.complaint ?? (oneLine(stderr, 300) || `it ended with ${signal ?? code}`)
    reject(new ChaosError('tool-failed', `The process that restores has ended without a result: ${why}`))
  })
  return { pid: child.pid, ask: () => child.stdin.end(), kill, ended }
}

function understood(text: string): Said | null {
  try {
    return Said.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Cuts what a child says into lines, and keeps the last one. */
class Lines {
  last: Exclude<Said, { phase: string }> | null = null
  complaint: string | null = null
  readonly #kill: () => void
  readonly #onPhase: (phase: string, tookMs: number) => void
  #chunks: Buffer[] = []
  #bytes = 0
  #lines = 0

  constructor(kill: () => void, onPhase: (phase: string, tookMs: number) => void) {
    this.#kill = kill
    this.#onPhase = onPhase
  }

  add(chunk: Buffer): void {
    if (this.complaint !== null) return
    let rest = chunk
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      this.#chunks.push(rest.subarray(0, end))
      this.#line(Buffer.concat(this.#chunks).toString('utf8'))
      this.#chunks = []
      this.#bytes = 0
      rest = rest.subarray(end + 1)
    }
    this.#chunks.push(rest)
    this.#bytes += rest.length
    if (this.#bytes > MOST_LINE_BYTES) this.#refuse('it said too much')
  }

  #line(text: string): void {
    if (this.complaint !== null) return
    this.#lines += 1
    const said = this.#lines > MOST_LINES || this.last !== null ? null : understood(text)
    if (said === null) this.#refuse('it said more than it was asked, or something else')
    else if ('phase' in said) this.#onPhase(said.phase, said.tookMs)
    else this.last = said
  }

  #refuse(complaint: string): void {
    this.complaint = complaint
    this.last = null
    this.#kill()
  }
}
