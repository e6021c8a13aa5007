import type { Manifest } from '../lab/manifest.ts'
import type { Counts } from './calls.ts'
import type { Proved } from './proved.ts'
import type { Fault, Schedule, Step } from './schedule.ts'

/** How one start of the agent ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Whether the fault that was asked for came; null when none was asked for. */
  readonly struck: boolean | null
  /** It did not end within its time and was killed: a finding of its own. */
  readonly hung: boolean
  /** What it did not do that it must, in a sentence. */
  readonly wrong?: string | null
  /** It has not ended: it is frozen, or hangs. Lets it go on (or ends it), and returns how that ended. */
  readonly goOn?: () => Promise<Ended>
  /** What was counted, when `count` was asked for. */
  readonly counts: Counts | null
}

export interface Start {
  readonly args: readonly string[]
  readonly fault?: Fault | undefined
  /** Count the system calls instead of striking. */
  readonly count?: boolean
  /** The host goes down as soon as the fault has come: nobody waits for the program's end. */
  readonly hasty?: boolean
}

/** A host that can be hurt: pretended by namespaces, or a real one of the lab. */
export interface World extends AsyncDisposable {
  /** A host as the scene says, up. */
  fresh(proved: Proved, scene: number, disk: Schedule['disk']): Promise<void>
  /** What it looks like now, as the independent tool sees it; the agent's own folder left out. */
  manifest(): Promise<Manifest>
  /** Runs the agent's program to its end. */
  agent(start: Start): Promise<Ended>
  /** Has a controller start the scene's failure, cuts it off, and waits until the agent rolled the host back or ended. */
  drill(step: Step & { do: 'drill' }, how?: { readonly count?: boolean }): Promise<Ended>
  /** Orders a restart of the host by this rehearsal, and waits until it has booted; or cuts the power so long after the order. */
  restart(args: readonly string[], cutAfterMs: number | undefined): Promise<Ended>
  /** Was the host ordered to restart, or does it just do so? */
  isRestarting(): Promise<boolean>
  /** The name of the newest open record, as the journal's folder shows it, or null. */
  newestRecord(): Promise<string | null>
  /** What the units of a boot since `fresh` printed while they rolled back; nothing where no such units are. */
  bootSaid(): Promise<string>
  reboot(): Promise<void>
  powerCut(): Promise<void>
  /** Runs a shell script of somebody on the host; false when it failed. */
  shell(script: string): Promise<boolean>
  fillDisk(): Promise<void>
  writeProtect(): Promise<void>
  mendDisk(): Promise<void>
  upgrade(): Promise<void>
  snapshot(): Promise<void>
  restoreSnapshot(): Promise<void>
  restoreOldJournal(): Promise<void>
}
