import {
  type AgentEvent,
  type Answer,
  CloseCode,
  Command,
  commandText,
  decode,
  formatDuration,
  type Order,
} from '@chaos-lite/shared'
import { verifyText } from '../identity/index.ts'
import type { CommandLog } from './command-log.ts'

/**
 * What a command must fit before it is executed: this host, this session, the pinned key, its expiry, and the log of
 * those done.
 */
export interface CommandsOptions {
  readonly hostId: string
  readonly controllerKey: string
  /** Of this connection: a command of any other is refused. */
  readonly session: string
  readonly monoMs: () => number
  readonly wallMs: () => number
  readonly log: CommandLog
  readonly execute: (order: Order) => Promise<Answer>
  /** A refusal is a recorded fact. */
  readonly report: (event: AgentEvent) => Promise<void>
}

/** What is to be done with a command frame. */
export type Handled =
  | { readonly kind: 'answer'; readonly commandId: string; readonly answer: Promise<Answer> }
  | { readonly kind: 'close'; readonly code: CloseCode; readonly reason: string }

/** How many orders may be at work at once. Reverts always may. */
const MOST_AT_ONCE = 32

/** Lets through what this host's controller signed for this connection, in time and for the first time. */
export class Commands {
  readonly #options: CommandsOptions
  #atWork = 0

  constructor(options: CommandsOptions) {
    this.#options = options
  }

  /** So many orders are being executed. */
  get atWork(): number {
    return this.#atWork
  }

  handle(frame: { readonly payload: string; readonly signature: string }, receivedMonoMs: number): Handled {
    const { hostId, controllerKey } = this.#options
    if (!verifyText(commandText(hostId, frame.payload), frame.signature, controllerKey)) {
      this.#refused(null, 'command-forged', 'The signature is not that of the controller this host was enrolled with')
      return { kind: 'close', code: CloseCode.notAuthenticated, reason: 'a command with a wrong signature' }
    }
    const read = decode(Command, frame.payload)
    if (!read.ok) return { kind: 'close', code: CloseCode.malformedFrame, reason: `command: ${read.reason}` }
    const { commandId } = read.frame
    return { kind: 'answer', commandId, answer: this.#consider(read.frame, receivedMonoMs) }
  }

  #consider(command: Command, receivedMonoMs: number): Promise<Answer> {
    const { session, log } = this.#options
    if (command.session !== session) {
      return this.#refuse(command, 'command-expired', 'The command belongs to an earlier connection')
    }
    if (log.has(command.commandId)) {
      return this.#refuse(command, 'wrong-state', 'This command came before; no command is executed twice')
    }
    const isRevert = command.order.name === 'revert' || command.order.name === 'run.close'
    if (this.#atWork >= MOST_AT_ONCE && !isRevert) {
      return this.#refuse(command, 'too-many', `${MOST_AT_ONCE} orders are at work on this host already`)
    }
    const expiresMonoMs = receivedMonoMs + command.expiresInMs
    this.#atWork += 1
    return this.#perform(command, expiresMonoMs, isRevert).finally(() => {
      this.#atWork -= 1
    })
  }

  async #perform(command: Command, expiresMonoMs: number, isRevert: boolean): Promise<Answer> {
    const { log, monoMs, wallMs, execute } = this.#options
    const noted = log.add(command, wallMs())
    if (isRevert) {
      // Rolling back never waits for a disk, and is never too late.
      noted.catch(() => {})
      return execute(command.order)
    }
    try {
      await noted
    } catch {
      return this.#refuse(command, 'storage-full', 'The command could not be noted on this host; free some space')
    }
    if (monoMs() >= expiresMonoMs) {
      return this.#refuse(
        command,
        'command-expired',
        `The command was to be started within ${formatDuration(command.expiresInMs)}`,
      )
    }
    return execute(command.order)
  }

  async #refuse(command: Command, code: string, reason: string): Promise<Answer> {
    this.#refused(command.order, code, reason)
    return { ok: false, code, reason, rule: null }
  }

  #refused(order: Order | null, code: string, reason: string): void {
    const runId = order && 'runId' in order ? order.runId : null
    const stepId = order && 'stepId' in order ? order.stepId : null
    const fact = { type: 'refused', runId, stepId, command: order?.name ?? 'unknown', code, rule: '', reason } as const
    this.#options.report(fact).catch(() => {})
  }
}
