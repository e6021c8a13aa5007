/** One process and none that has its number later. */
export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot (`/proc/PID/stat`, field 22): a reused pid has another. */
  readonly startTicks: string
  readonly name: string
}

/** A process as everybody on the host sees it. */
export interface ProcessView extends ProcessIdentity {
  /** `traced`: a debugger holds it. `ended`: it is gone but for its parent taking notice. */
  readonly state: 'runs' | 'suspended' | 'traced' | 'ended'
  /** The process id of the parent; 0 for those that the kernel started itself. */
  readonly parent: number
  /** A thread of the kernel itself. */
  readonly kernel: boolean
  /** Does it belong to somebody's terminal? */
  readonly terminal: boolean
  /** The program file, or empty where it cannot be seen. */
  readonly program: string
  /** Units of the service manager that it runs in, the outermost first. */
  readonly units: readonly string[]
  /** This agent in any of its processes, what they started, and what started them. */
  readonly own: boolean
  /** Does it run the program of this agent? */
  readonly agent?: boolean
  /** As whom it runs. */
  readonly uid?: number
}

/** One end of a TCP connection, or where somebody listens. */
export interface SocketEnd {
  readonly address: string
  readonly port: number
}

/** A TCP socket that a process has open. */
export interface OwnedSocket {
  readonly pid: number
  readonly local: SocketEnd
  /** Null: it listens. */
  readonly remote: SocketEnd | null
}

/** What runs on the host. Lists are true at one moment only: whoever acts on one names a `ProcessIdentity`. */
export interface Processes {
  /** Suspended ones included; those that have ended are not. */
  byName(name: string): Promise<readonly (ProcessIdentity & Partial<Pick<ProcessView, 'state'>>)[]>
  identity(pid: number): Promise<ProcessIdentity | null>
  /** This process and its descendants. */
  family(pid: number): Promise<readonly number[]>
  /** TCP ports on which this process or its descendants listen, lowest first. */
  listening(pid: number): Promise<readonly { readonly address: string; readonly port: number }[]>
  /** TCP sockets that listen or are connected, one entry for each process that has it open. */
  sockets(): Promise<readonly OwnedSocket[]>
  /** Every process of the host. */
  views(): Promise<readonly ProcessView[]>
  /**
   * Suspends this very process, lets it go on, or ends it at once. `gone` when it has ended: another process that has its number by now is
   * never left suspended. Throws `tool-failed` where the system refuses.
   */
  signal(process: ProcessIdentity, what: 'suspend' | 'continue' | 'end'): Promise<'sent' | 'gone'>
}
