/** A unit of the service manager as it stands now. Names of states are those of systemd (systemd.unit(5)). */
export interface UnitState {
  readonly name: string
  readonly loadState: string
  readonly activeState: string
  readonly subState: string
  /** `enabled`, `disabled`, `masked`, `static` …; empty where the manager has no such notion. */
  readonly enabledState: string
  readonly mainPid: number
  /** When it became active, in monotonic microseconds as the manager reports it: the identity of this start. */
  readonly activeSinceMonoUs: string
  /** A random name of this start where the manager gives one (systemd: `InvocationID`), else empty. */
  readonly startId: string
  /** `Infinity` where the manager would wait for ever. */
  readonly stopTimeoutMs: number
  readonly startTimeoutMs: number
  /** Other units that would start it again: sockets, timers, paths. */
  readonly triggeredBy: readonly string[]
  /** Running units that the manager stops in the same transaction, however far away. */
  readonly dependents: readonly string[]
  /** Units that start it again as soon as it stops (systemd: `Upholds=`), running or not. */
  readonly upheldBy: readonly string[]
  /** Units that the manager starts when it stops (systemd: `OnSuccess=`). */
  readonly startsOnStop: readonly string[]
  /** Units that the manager starts when it fails, as it may when it is stopped (systemd: `OnFailure=`). */
  readonly startsOnFailure: readonly string[]
  /** Units that cannot run beside it: starting the one stops the other. */
  readonly conflicts: readonly string[]
  /** systemd's `Type=`, such as `oneshot`; empty for other kinds of unit and other managers. */
  readonly type: string
  /** Does the manager refuse to start or stop it by hand? */
  readonly refusesManual: boolean
  /** Can it read its settings and files again while it goes on running (systemd: `CanReload=`)? */
  readonly canReload: boolean
}

/** What a stop may take with it: known before, and recorded. */
export interface StopBounds {
  readonly units: readonly string[]
  /** Receives the other units of the stop's transaction, to store them durably before anything else happens. */
  note(others: readonly string[]): Promise<void>
}

/** What became of a unit that was active and no longer is. */
export interface UnitFate {
  readonly name: string
  /**
   * `active` again; `ended` as units of its kind do (transient, on demand, by a timer); `removed` or masked by somebody;
   * `stopped` by a stop job; `failed`, or ended by itself without a stop job; `starting` now.
   */
  readonly became: 'active' | 'ended' | 'removed' | 'stopped' | 'failed' | 'starting'
}

/** The service manager: systemd, or the small supervisor of the demo hosts. */
export interface Services {
  readonly manager: string
  /** Answers with `loadState: 'not-found'` for a unit that does not exist. */
  state(service: string): Promise<UnitState>
  /** Throws `timed-out` when it is not active in time (the manager goes on trying), `tool-failed` with the manager's own words when it fails. */
  start(service: string, timeoutMs: number, signal?: AbortSignal): Promise<void>
  /**
   * A stop that does not end in time, or whose signal is aborted, is cancelled and throws `timed-out`. With `bounds`, a
   * stop whose transaction contains other units is cancelled after `note` and throws `cannot-restore`.
   */
  stop(service: string, timeoutMs: number, signal?: AbortSignal, bounds?: StopBounds): Promise<void>
  /**
   * Has a running service read its settings and files again; it goes on running. Throws `tool-failed` with the manager's
   * own words where it offers no reload, does not run, or refuses what it read; `timed-out` when that does not end in time.
   */
  reload(service: string, timeoutMs: number, signal?: AbortSignal): Promise<void>
  /** Ends the processes of a service that hangs while it stops, as the manager itself does at its own time-out. */
  kill(service: string): Promise<void>
  /** Running units that the manager stops by itself once none of `units` runs (systemd: `StopWhenUnneeded=`). */
  unneededWithout(units: readonly string[]): Promise<readonly string[]>
  /** Why this unit could not be started again once it is stopped, one sentence each. Only reads. */
  obstacles(unit: string): Promise<readonly string[]>
  /** The names of all active units; null where the manager keeps no such list. */
  active(): Promise<readonly string[] | null>
  /** What became of units that were active at `sinceWallMs`. */
  fates(units: readonly string[], sinceWallMs: number): Promise<readonly UnitFate[]>
  /** Running units that the manager stops when the mount at this folder disappears (systemd: `BindsTo=`). */
  boundToMount(point: string): Promise<readonly string[]>
  /** The last line that the log of the host has about a unit, short and printable; null where there is none. */
  lastWords(unit: string): Promise<string | null>
}
