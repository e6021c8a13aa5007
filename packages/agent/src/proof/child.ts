import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Command } from '../program/index.ts'

/** Longer than any command of the proof may take. */
const LONGEST_MS = 120_000

/** A start of this same agent as a process of its own. */
export class Child {
  readonly #child: ChildProcess
  readonly #said: Promise<string>
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>

  constructor([file, ...first]: Command, args: readonly string[]) {
    const child = spawn(file, [...first, ...args], { stdio: ['ignore', 'pipe', 'ignore'], timeout: LONGEST_MS })
    this.#child = child
    this.#said = text(child.stdout).catch(() => '')
    this.ended = once(child, 'exit').catch(() => undefined)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** True when it was still there to hear it. */
  signal(name: 'SIGKILL' | 'SIGTERM'): boolean {
    return !this.hasEnded && this.#child.kill(name)
  }

  /** The last line of JSON that it printed, or null. */
  async answer(): Promise<Record<string, unknown> | null> {
    await this.ended
    // Whoever was started by a killed child may hold the pipe: what it said is enough.
    const line = (await this.#said).trim().split('\n').at(-1) ?? ''
    try {
      return line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : null
    } catch {
      return null
    }
  }
}
