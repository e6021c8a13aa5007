/** A service that ran, and what it is now. */
export interface ServiceNow {
  readonly name: string
  /** `active`, `inactive`, `failed` …, or `not-found`. */
  readonly state: string
}

/** The machine as a whole: restarting it, and what a restart should bring back. */
export interface Machine {
  /** Why it must not be restarted now (it is starting, or packages are being installed), or null. */
  blocker(): Promise<string | null>
  /**
   * Names of the services that run now and that a boot, or a start by hand, would bring back; sorted. Not those of
   * log-ins, of the service manager itself, and those that are started only when somebody asks for them.
   */
  running(): Promise<readonly string[]>
  /** Lets the machine restart `afterMs` from now; it is certain to come when this returns. `tag` is the record's id. */
  restart(tag: string, afterMs: number): Promise<void>
  /** Is that restart still to come, and could be taken back? */
  isWaiting(tag: string): Promise<boolean>
  /** Is the machine going down? Nothing can be rolled back before it is up again. */
  isGoingDown(tag: string): Promise<boolean>
  /** Takes back a restart that is still to come; nothing to take back is fine. */
  cancel(tag: string): Promise<void>
  /** Waits until the boot has started these services or given them up, starts what did not come, and says how they are. */
  bringBack(services: readonly string[], signal: AbortSignal): Promise<readonly ServiceNow[]>
}
