import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Manifest } from '../../lab/manifest.ts'
import type { Thing } from '../scene.ts'

const program = fileURLToPath(new URL('holder.py', import.meta.url))
const tools = fileURLToPath(new URL('../../lab', import.meta.url))

/** What a program that holds a pretended host can be asked, and what it answers. */
type Asked<Operations> = { [K in keyof Operations]: { ask: object; answer: object } }

/** What `holder.py` can be asked. */
interface Operations {
  fresh: {
    ask: {
      scene: readonly Thing[]
      network: boolean
      disk: string | null
      programs: readonly string[]
      prepare: string
      atBoot: string
      holds: string | null
    }
    answer: { leader: number }
  }
  boot: { ask: object; answer: { leader: number } }
  shell: { ask: { script: string }; answer: { ok: boolean } }
  power_off: { ask: object; answer: object }
  manifest: { ask: object; answer: Manifest }
  save: { ask: { name: string; folders: readonly string[] }; answer: object }
  fill: { ask: object; answer: object }
  write_protect: { ask: object; answer: object }
  repair: { ask: object; answer: object }
  link: { ask: { port: number }; answer: { port: number } }
  cut: { ask: { silent: boolean }; answer: object }
  load: { ask: { name: string; folders: readonly string[] }; answer: object }
}

/** The process that holds the mounts of one pretended host, and looks at it from outside. */
export class Holder<Known extends Asked<Known> = Operations> implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child
    this.#lines = lines
  }

  static start<Known extends Asked<Known> = Operations>(file = program): Holder<Known> {
    const spaces = ['--mount', '--propagation', 'slave', '--']
    const child = spawn('unshare', [...spaces, 'python3', '-B', file, tools], { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdin.on('error', () => undefined)
    return new Holder(child, createInterface(child.stdout)[Symbol.asyncIterator]())
  }

  /** One question at a time. @throws Error with the holder's own reason */
  async ask<K extends string & keyof Known>(what: K, details: Known[K]['ask']): Promise<Known[K]['answer']> {
    this.#child.stdin?.write(`${JSON.stringify({ do: what, ...details })}\n`)
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`The holder of a pretended host ended when it was asked to ${what}.`)
    const answer = JSON.parse(value) as { ok: true; is: Known[K]['answer'] } | { ok: false; why: string }
    if (answer.ok) return answer.is
    throw new Error(`The pretended host could not ${what}: ${answer.why}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await gone
  }
}
