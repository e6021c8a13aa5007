import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { until } from '../../../scripts/lab/index.ts'
import type { PrivateEtc } from './private-etc.ts'

const main = resolve('packages/agent/src/main.ts')

const policy = `policy: 1
actions: [hosts.override]
names: [erp.example.test]
addresses: [192.0.2.0/24]
`

/** A fault at the k-th call of one kind that the agent makes: it dies there, or the call fails. */
export interface Fault {
  readonly call: string
  readonly nth: number
  readonly how: 'signal=KILL' | `error=${string}`
}

/** The agent of one root folder in one private `/etc`, as real processes. */
export class CrashAgent {
  readonly root = mkdtempSync(join(tmpdir(), 'chaos-lite-crash-'))
  readonly journal = join(this.root, 'var/lib/chaos-lite/journal')
  readonly #etc: PrivateEtc
  #traces = 0

  constructor(etc: PrivateEtc) {
    this.#etc = etc
    const config = join(this.root, 'etc/chaos-lite')
    mkdirSync(config, { recursive: true })
    writeFileSync(join(config, 'policy.yaml'), policy)
  }

  get openRecords(): string[] {
    return existsSync(this.journal) ? readdirSync(this.journal) : []
  }

  async run(args: readonly string[]): Promise<{ code: number | null; out: string }> {
    const child = this.#spawn([process.execPath, main, ...args])
    child.stderr.resume()
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return { out, code: code as number | null }
  }

  /**
   * One rehearsal under strace, which follows every thread and child. Returns when the rehearsal is over, with the trace
   * so far; strace itself stays as long as the watchdog that it follows.
   */
  async rehearse(calls: string, fault?: Fault): Promise<{ trace: string; code: number | null; said: string }> {
    this.#traces += 1
    const file = join(this.root, `trace-${this.#traces}`)
    const inject = fault === undefined ? [] : ['-e', `inject=${fault.call}:${fault.how}:when=${fault.nth}`]
    const params = '{"entries":[{"name":"erp.example.test","address":"192.0.2.7"}]}'
    const rehearsal = ['rehearse', 'hosts.override', '--with', params, '--hold', '50ms', '--yes']
    const traced = ['strace', '-D', '-f', '-q', '-o', file, '-e', `trace=${calls}`, ...inject]
    const child = this.#spawn([...traced, process.execPath, main, ...rehearsal])
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    // Not the end of the streams: strace holds them for as long as it follows the watchdog.
    const [code] = await once(child, 'exit')
    // With -D the rehearsal itself is our child; strace writes its end a moment later.
    const end = new RegExp(`^${child.pid} +\\+\\+\\+ `, 'm')
    await until('the trace is written', async () => end.test(readFileSync(file, 'utf8')), { timeoutMs: 20_000 })
    return { trace: readFileSync(file, 'utf8'), code: code as number | null, said }
  }

  #spawn(argv: readonly string[]) {
    // One thread for files, so that "the k-th call" means one and the same call each time.
    const env = {
      ...process.env,
      CHAOS_LITE_ROOT: this.root,
      UV_THREADPOOL_SIZE: '1',
    }
    const child = spawn('nsenter', [...this.#etc.enter, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    return child
  }
}
