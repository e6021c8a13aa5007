import { randomUUID } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setFrozen } from './cgroup.ts'
import { cutPower, type Disk, loadDisk, mountDisk, saveDisk, unmountDisk } from './disk.ts'
import { bootIdOf, enter, isRunning, killMachine, leaderOf, type Machine, startMachine, waitBooted } from './machine.ts'
import { forgetDigests, type Manifest, type ManifestOptions, readManifest } from './manifest.ts'
import { LabError, type RunOptions, type RunResult, run } from './run.ts'
import { until } from './wait.ts'

/** A real Debian system with systemd as process 1, its own network address and its own disk. */
export class LabHost {
  readonly name: string
  readonly address: string
  /** The host's tree as this machine sees it. It stays there after a crash; `/run` and `/tmp` are not in it. */
  readonly root: string
  readonly #machine: Machine
  readonly #disk: Disk

  constructor(address: string, machine: Machine, disk: Disk) {
    this.name = machine.hostname
    this.address = address
    this.root = join(machine.dir, 'root')
    this.#machine = machine
    this.#disk = disk
  }

  /** Runs a program as a unit of the host, with exactly the rights the host has. */
  async exec(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const unit = `lab-exec-${randomUUID()}`
    try {
      return await this.enter([...this.unitCommand(unit, options.env), ...argv], withoutEnv(options))
    } catch (error) {
      if (error instanceof LabError && error.timedOut) {
        await this.enter(['systemctl', 'kill', '--signal=KILL', `${unit}.service`], { check: false }).catch(() => {})
      }
      throw error
    }
  }

  /** The beginning of a command line that runs what follows as a unit. For programs that stream; see `exec`. */
  unitCommand(unit: string, env: Record<string, string> = {}): string[] {
    const variables = Object.entries({ HOME: '/root', LANG: 'C.UTF-8', ...env })
    const flags = ['--quiet', '--wait', '--pipe', '--collect', '--service-type=exec', '--working-directory=/']
    return [
      'systemd-run',
      ...flags,
      `--unit=${unit}`,
      ...variables.map(([key, value]) => `--setenv=${key}=${value}`),
      '--',
    ]
  }

  /** Runs a program by joining the host's namespaces: quicker than `exec`, but with rights the host lacks. For looking. */
  async enter(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return await enter(this.#machine, argv, options)
  }

  /** All processes die at once; what was written, synced or not, is still there. */
  async crash(): Promise<void> {
    await killMachine(this.#machine)
  }

  /**
   * As `crash`, and what was not synced is lost. Needs a disk of its own, not `overlay`.
   * @returns the instant before the power went, in nanoseconds of CLOCK_MONOTONIC
   */
  async powerCut(): Promise<bigint> {
    const atMonoNs = await cutPower(this.#disk)
    await this.crash()
    // What a power cut took from a file may leave its size and its times.
    await forgetDigests(this.#machine.dir)
    await unmountDisk(this.#disk.dir)
    await mountDisk(this.#disk)
    return atMonoNs
  }

  /** Keeps a copy of the whole disk while the host goes on. Needs a disk of its own, not `overlay`. */
  async snapshot(): Promise<void> {
    await saveDisk(this.#disk)
  }

  /** The host goes down and has the disk of its snapshot again; boot it afterwards. */
  async restoreSnapshot(): Promise<void> {
    await this.crash()
    await unmountDisk(this.#disk.dir)
    await loadDisk(this.#disk)
    await mountDisk(this.#disk)
  }

  /** Makes all that was written so far survive a power cut. Call it after the scene is set, never during the act. */
  async sync(): Promise<void> {
    if (this.#disk.kind !== 'overlay') await run(['sync', '--file-system', this.root])
  }

  /** Stops the host in good order, as `poweroff` would. */
  async shutdown(): Promise<void> {
    await this.enter(['systemctl', 'poweroff', '--no-block'])
    await until(`host ${this.name} is off`, async () => !(await isRunning(this.#machine)), { timeoutMs: 100_000 })
    await this.crash()
  }

  /** Starts the host and waits until it is up. Returns `running`, or `degraded` if a unit failed. */
  async boot(): Promise<string> {
    await startMachine(this.#machine)
    return await waitBooted(this.#machine)
  }

  /** Restarts the host from inside and waits until it is up again. */
  async reboot(): Promise<string> {
    const before = await this.bootId()
    await this.enter(['systemctl', 'reboot', '--no-block'])
    return await this.rebooted(before)
  }

  /** Waits until the host is up with another boot id than the given one. */
  async rebooted(before: string): Promise<string> {
    return await waitBooted(this.#machine, before)
  }

  /** Changes with every boot. */
  async bootId(): Promise<string> {
    const id = await bootIdOf(await this.leader())
    if (id === undefined) throw new LabError(`host ${this.name} has no boot id; is it going down?`)
    return id
  }

  /** Whether process 1 is there. */
  async isUp(): Promise<boolean> {
    return (await leaderOf(this.#machine)) !== undefined
  }

  /** The pid of the host's process 1 on this machine. */
  async leader(): Promise<number> {
    const leader = await leaderOf(this.#machine)
    if (leader === undefined) throw new LabError(`host ${this.name} is down`)
    return leader
  }

  /** Every process of the host stops where it stands; the kernel still answers pings. */
  async freeze(): Promise<void> {
    await setFrozen(this.#machine.machine, true)
  }

  /** Undoes `freeze`. */
  async thaw(): Promise<void> {
    await setFrozen(this.#machine.machine, false)
  }

  /** Copies a file, or a folder with all it holds, into the host. */
  async copyIn(localPath: string, hostPath: string, mode?: number): Promise<void> {
    if ((await stat(localPath)).isDirectory()) await this.#copyFolder(localPath, hostPath)
    else await this.#copyFile(localPath, hostPath)
    if (mode !== undefined) await this.enter(['chmod', mode.toString(8), hostPath])
  }

  /** A file's text, as the running host sees it. */
  async readFile(path: string): Promise<string> {
    return (await this.enter(['cat', '--', path])).stdout
  }

  /** Writes a file in place, its folder being made if needed; owner and mode of an existing file stay. */
  async writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
    await this.enter(['mkdir', '--parents', dirname(path)])
    await this.enter(['dd', 'status=none', `of=${path}`], { input: data })
    if (mode !== undefined) await this.enter(['chmod', mode.toString(8), path])
  }

  /** Waits until the question is answered with true, or the program exits with 0. */
  async waitUntil(
    ask: (() => Promise<boolean>) | readonly string[],
    options: { timeoutMs?: number } = {},
  ): Promise<void> {
    const what =
      typeof ask === 'function' ? `the condition on host ${this.name}` : `${ask.join(' ')} on host ${this.name}`
    const answer = typeof ask === 'function' ? ask : async () => (await this.enter(ask, { check: false })).code === 0
    await until(what, answer, options)
  }

  /** Starts a unit now and at every boot. */
  async enable(unit: string): Promise<void> {
    // Units are loaded when they start: to read all of them anew costs more than the whole start.
    await this.exec(['systemctl', 'enable', '--quiet', '--no-reload', unit])
    await this.exec(['systemctl', 'start', unit]) // `enable --now` does not start what comes from an init script
  }

  /** What the host looks like now, as the independent tool sees it. See `diffManifests`. */
  async manifest(options: ManifestOptions = {}): Promise<Manifest> {
    return await readManifest(this.#machine.dir, await this.leader(), options)
  }

  async #copyFile(localPath: string, hostPath: string): Promise<void> {
    await using file = await open(localPath)
    await this.enter(['mkdir', '--parents', dirname(hostPath)])
    await this.enter(['dd', 'status=none', 'bs=1M', `of=${hostPath}`], { input: file.fd })
    await this.enter(['chmod', ((await file.stat()).mode & 0o777).toString(8), hostPath])
  }

  async #copyFolder(localPath: string, hostPath: string): Promise<void> {
    const bundle = join(this.#machine.dir, 'copy-in.tar')
    await run(['tar', '--create', `--file=${bundle}`, `--directory=${localPath}`, '--owner=0', '--group=0', '.'])
    await using file = await open(bundle)
    await this.enter(['mkdir', '--parents', hostPath])
    await this.enter(['tar', '--extract', '--no-same-owner', `--directory=${hostPath}`], { input: file.fd })
  }
}

function withoutEnv({ env: _, ...rest }: RunOptions): RunOptions {
  return rest
}
