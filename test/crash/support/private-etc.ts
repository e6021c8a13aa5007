import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../../scripts/lab/index.ts'

/** A mount namespace with its own copy of `/etc` over the machine's: programs in it may edit it, and nobody else sees. */
export class PrivateEtc implements Disposable {
  readonly #holder: ChildProcess
  readonly #folder: string

  private constructor(holder: ChildProcess, folder: string) {
    this.#holder = holder
    this.#folder = folder
  }

  static async open(): Promise<PrivateEtc> {
    const folder = mkdtempSync(join(tmpdir(), 'chaos-lite-etc-'))
    for (const name of ['up', 'work']) mkdirSync(join(folder, name))
    const holder = spawn('unshare', ['--mount', 'cat'], { stdio: ['pipe', 'ignore', 'inherit'] })
    const namespace = (pid: number | string) => readlinkSync(`/proc/${pid}/ns/mnt`)
    await until('the mount namespace', async () => namespace(holder.pid ?? 0) !== namespace('self'), {
      timeoutMs: 10_000,
    })
    const etc = new PrivateEtc(holder, folder)
    const layers = `lowerdir=/etc,upperdir=${join(folder, 'up')},workdir=${join(folder, 'work')}`
    execFileSync('nsenter', [...etc.enter, 'mount', '-t', 'overlay', 'overlay', '-o', layers, '/etc'])
    return etc
  }

  /** Arguments of `nsenter` that lead into it. */
  get enter(): string[] {
    return [`--target=${this.#holder.pid}`, '--mount', '--']
  }

  /** What stands there now: names, and of the hosts file everything that must come back. */
  snapshot(): string {
    const look = (...argv: string[]) => execFileSync('nsenter', [...this.enter, ...argv], { encoding: 'utf8' })
    return [
      look('ls', '-A', '/etc'),
      look('sha256sum', '/etc/hosts'),
      look('stat', '--format=%f %u %g %s %Y %h', '/etc/hosts'),
      look('getfacl', '--absolute-names', '/etc/hosts'),
    ].join('\n')
  }

  [Symbol.dispose](): void {
    this.#holder.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
