import type { Labels } from '@chaos-lite/shared'
import type { LocalDefinitions } from './definitions/index.ts'
import type { Engine } from './engine/index.ts'
import type { Failsafe } from './failsafe/index.ts'
import type { Host } from './host/index.ts'
import type { Journal } from './journal/index.ts'
import type { Paths } from './paths.ts'
import type { Policy } from './policy/index.ts'
import type { Apart } from './probes/index.ts'

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, couldNotRun: 2 } as const
/** One of `EXIT`; scripts rely on them. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Where the commands write, and whom they ask. */
export interface Terminal {
  out(line: string): void
  err(line: string): void
  /** False where nobody can be asked. */
  readonly interactive: boolean
  ask(question: string): Promise<boolean>
  /** Aborted by Ctrl-C and by SIGTERM; the reason is the signal's name. */
  readonly stop: AbortSignal
}

/** What every command that touches the journal works with. */
export interface Agent extends AsyncDisposable {
  readonly host: Host
  readonly engine: Engine
  readonly journal: Journal
  readonly failsafe: Failsafe
}

/** The service's side that speaks with the controller, until it is disposed of. */
export interface Service extends AsyncDisposable {
  /** Resolves when this process is needed no longer; rejects when the signal is aborted before. */
  untilRest(signal: AbortSignal): Promise<void>
}

/**
 * How the relay, which holds the connection, comes in: it lives in this process, or it is another process that connects
 * to the socket systemd made. Then this one may rest.
 */
export type Layout = 'one process' | 'socket'

/** How a host owner enrols this host. */
export interface EnrolRequest {
  readonly controllerUrl: string
  readonly labels: Labels
  /** A file, `-` for the standard input, or null for `CHAOS_LITE_TOKEN`. */
  readonly tokenFile: string | null
  /** The authority of the controller as PEM; null: that of the token, or those of the system. */
  readonly caFile: string | null
}

/** All implementations, chosen by the composition; loaded only when a command asks for them. */
export interface World {
  readonly paths: Paths
  /** This process is not root, on a host whose files are root's. */
  readonly lacksRoot?: boolean
  agent(): Promise<Agent>
  policy(): Promise<Policy>
  local(): Promise<LocalDefinitions>
  /** Where probes look that read paths; default: in this process. */
  readonly apart?: Apart
  /** From here on this process is a service: its log goes to the journal of the system. */
  becomeService(): Promise<void>
  /** Lets the relay in and serves; called after recovery. */
  service(agent: Agent, layout: Layout): Promise<Service>
  /** Writes its findings; the exit code says whether everything is in order. */
  doctor(options: { json: boolean }, terminal: Terminal): Promise<ExitCode>
  enrol(request: EnrolRequest, terminal: Terminal): Promise<ExitCode>
}
