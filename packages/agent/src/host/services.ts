export interface UnitState {
  readonly name: string
  readonly loadState: string
  readonly activeState: string
  readonly subState: string
  /** `enabled`, `disabled`, `masked`, `static` …; empty where the manager has no such notion. */
  readonly enabledState: string
  readonly mainPid: number
  /** When it became active, in monotonic microseconds as the manager tells it: the identity of this start. */
  readonly activeSinceMonoUs: string
  /** A random name of this start where the manager gives one (systemd: `InvocationID`), else empty. */
  readonly startId: string
  /** `Infinity` where the manager would wait for ever. */
  readonly stopTimeoutMs: number
  readonly startTimeoutMs: number
  /** Other units that would start it again: sockets, timers, paths. */
  readonly triggeredBy: readonly string[]
  /** Running units that need it and would stop with it. */
  readonly dependents: readonly string[]
  /** Does the manager restart it by itself when it is stopped by request? (systemd: never; kept for others.) */
  readonly restarts: boolean
  /** Does the manager refuse to start or stop it by hand? */
  readonly refusesManual: boolean
}

/** The service manager: systemd, or the small supervisor of the demo hosts. */
export interface Services {
  readonly manager: string
  /** Answers with `loadState: 'not-found'` for a unit that does not exist. */
  state(service: string): Promise<UnitState>
  /** Throws `timed-out` when it is not active in time (the manager goes on trying), `tool-failed` with the manager's own words when it fails. */
  start(service: string, timeoutMs: number, signal?: AbortSignal): Promise<void>
  /** A stop that does not end in time, or whose signal is aborted, is cancelled and throws `timed-out`. */
  stop(service: string, timeoutMs: number, signal?: AbortSignal): Promise<void>
  /** Ends the processes of a service that hangs while it stops, as the manager itself does at its own time-out. */
  kill(service: string): Promise<void>
}
