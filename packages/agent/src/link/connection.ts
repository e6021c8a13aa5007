import { randomBytes } from 'node:crypto'
import {
  type AgentFrame,
  CloseCode,
  ControllerFrame,
  challengeText,
  decode,
  encode,
  HANDSHAKE_MS,
  MAX_FRAME_BYTES,
  sentenceOf,
} from '@chaos-lite/shared'
import type { WebSocket } from 'ws'
import type { HostClock } from '../host/host.ts'
import type { Identity } from '../identity/identity.ts'
import { signText, verifyText } from '../identity/keys.ts'
import type { Outbox } from '../outbox/index.ts'
import { agentVersion } from '../version.ts'
import type { CommandLog } from './command-log.ts'
import { Commands } from './commands.ts'
import type { LinkDuties } from './duties.ts'
import { FactSender } from './fact-sender.ts'
import { FrameBudget } from './frame-budget.ts'
import { keepAlive } from './heartbeat.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface ConnectionOptions {
  readonly socket: WebSocket
  readonly identity: Identity
  readonly clock: HostClock
  readonly outbox: Outbox
  readonly commandLog: CommandLog
  readonly duties: LinkDuties
  readonly log: (level: LogLevel, message: string) => void
  readonly onState: (state: 'open' | 'pending') => void
}

type Frame<T extends ControllerFrame['type']> = Extract<ControllerFrame, { type: T }>
/** `greeting`: hello was sent. `proving`: the controller proved itself, our proof was sent. */
type State = 'greeting' | 'proving' | 'pending' | 'open' | 'closed'

interface Violation {
  readonly code: CloseCode
  readonly reason: string
}

const allowed: Readonly<Record<State, readonly ControllerFrame['type'][]>> = {
  greeting: ['challenge'],
  proving: ['welcome', 'pending'],
  pending: ['welcome', 'pending'],
  open: ['ack', 'command', 'lease', 'clock', 'watch', 'notice'],
  closed: [],
}
/** Live samples are dropped first: as soon as this much waits for the network. */
const SAMPLES_UP_TO_BYTES = 64 * 1024

/** One connection from its hello to its end. Every byte from the controller is taken for hostile. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #nonce = randomBytes(32).toString('hex')
  readonly #budget = new FrameBudget()
  readonly #open = new DisposableStack()
  #state: State = 'greeting'
  #commands: Commands | null = null
  #sender: FactSender | null = null
  #inventoryWanted = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Resolves with the close code when the connection has ended. */
  run(): Promise<{ readonly code: number; readonly wasOpen: boolean }> {
    const { socket, identity, outbox, clock } = this.#options
    let wasOpen = false
    this.#open.use(keepAlive({ socket, monoMs: () => clock.monoMs(), onDead: (why) => this.#die(why) }))
    const late = setTimeout(() => this.#close(CloseCode.handshakeTimeout, 'the handshake took too long'), HANDSHAKE_MS)
    this.#open.defer(() => clearTimeout(late))
    return new Promise((resolve) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        this.#receive(data, isBinary, clock.monoMs())
        if (this.#state === 'pending' || this.#state === 'open') clearTimeout(late)
        wasOpen ||= this.#state === 'open'
      })
      socket.once('close', (code: number) => {
        this.#state = 'closed'
        this.#open.dispose()
        if (wasOpen) this.#options.duties.linkClosed()
        resolve({ code, wasOpen })
      })
      this.#send({
        type: 'hello',
        hostId: identity.hostId,
        epoch: outbox.epoch,
        nonce: this.#nonce,
        version: agentVersion,
      })
      socket.resume()
    })
  }

  /** Sends a live sample, unless more important things wait already. */
  sample(frame: Extract<AgentFrame, { type: 'sample' }>): void {
    if (this.#state !== 'open' || this.#options.socket.bufferedAmount > SAMPLES_UP_TO_BYTES) return
    this.#send(frame)
  }

  /** Ends the connection in good order. */
  close(): void {
    this.#close(CloseCode.shuttingDown, 'the agent is shutting down')
  }

  #receive(data: Buffer, isBinary: boolean, receivedMonoMs: number): void {
    if (this.#state === 'closed') return
    try {
      const violation = this.#consider(data, isBinary, receivedMonoMs)
      if (violation) this.#close(violation.code, violation.reason)
    } catch (error) {
      this.#close(CloseCode.internal, sentenceOf(error))
    }
  }

  #consider(data: Buffer, isBinary: boolean, receivedMonoMs: number): Violation | null {
    if (!this.#budget.take(receivedMonoMs)) return { code: CloseCode.tooManyFrames, reason: 'too many frames' }
    if (isBinary) return { code: CloseCode.malformedFrame, reason: 'a binary frame' }
    const read = decode(ControllerFrame, data.toString('utf8'))
    if (!read.ok) return { code: CloseCode.malformedFrame, reason: read.reason }
    if (allowed[this.#state].includes(read.frame.type)) return this.#handle(read.frame, receivedMonoMs)
    return { code: CloseCode.outOfOrder, reason: `${read.frame.type} while ${this.#state}` }
  }

  /** Answers one frame that may come now. */
  #handle(frame: ControllerFrame, receivedMonoMs: number): Violation | null {
    const { duties } = this.#options
    switch (frame.type) {
      case 'challenge':
        return this.#challenged(frame)
      case 'welcome':
        this.#welcomed(frame)
        return null
      case 'pending':
        this.#pending(frame)
        return null
      case 'ack':
        this.#sender?.acknowledged(frame.cursor)
        return null
      case 'command':
        return this.#commanded(frame, receivedMonoMs)
      case 'lease':
        duties.lease(frame.runId, frame.ttlMs)
        return null
      case 'watch':
        duties.watch(frame.runId, frame.on)
        return null
      case 'clock':
        this.#tellClock(frame.id, receivedMonoMs)
        return null
      case 'notice':
        this.#options.log('warn', `The controller says: ${frame.message}`)
        return null
      case 'enrolled':
        return { code: CloseCode.outOfOrder, reason: 'enrolled' }
    }
  }

  #challenged({ nonce, signature }: Frame<'challenge'>): Violation | null {
    const { hostId, controllerKey, privateKey } = this.#options.identity
    const parts = { hostId, agentNonce: this.#nonce, controllerNonce: nonce }
    if (!verifyText(challengeText('controller', parts), signature, controllerKey)) {
      return { code: CloseCode.notAuthenticated, reason: 'the controller did not prove its identity' }
    }
    this.#state = 'proving'
    this.#send({ type: 'proof', signature: signText(challengeText('agent', parts), privateKey) })
    return null
  }

  #pending({ message }: Frame<'pending'>): void {
    this.#state = 'pending'
    this.#options.log('warn', `The controller knows this host, but lets it take no part yet: ${message}`)
    this.#options.onState('pending')
  }

  #welcomed({ session, cursor }: Frame<'welcome'>): void {
    const { duties, outbox, identity, clock, socket } = this.#options
    this.#state = 'open'
    this.#commands = new Commands({
      hostId: identity.hostId,
      controllerKey: identity.controllerKey,
      session,
      monoMs: () => clock.monoMs(),
      wallMs: () => Math.round(clock.wallMs()),
      log: this.#options.commandLog,
      execute: (order) => duties.execute(order),
      report: (event) => outbox.report(event),
    })
    const sender = new FactSender({
      outbox,
      send: (frame) => this.#send(frame),
      bufferedBytes: () => socket.bufferedAmount,
      onError: (error, what) => this.#factsFailed(error, what),
    })
    this.#sender = sender
    this.#open.use(sender)
    if (cursor) sender.acknowledged(cursor)
    this.#open.defer(duties.onInventoryChange(() => this.#tellInventory()))
    this.#tellInventory()
    this.#options.onState('open')
  }

  #commanded(frame: Frame<'command'>, receivedMonoMs: number): Violation | null {
    const handled = this.#commands?.handle(frame, receivedMonoMs)
    if (handled?.kind === 'close') return handled
    handled?.answer.then(
      (answer) => this.#send({ type: 'answer', commandId: handled.commandId, answer }),
      (error: unknown) => this.#close(CloseCode.internal, sentenceOf(error)),
    )
    return null
  }

  /** The four-timestamp exchange: nothing may come between the two readings but this. */
  #tellClock(id: number, receivedMonoMs: number): void {
    const { clock } = this.#options
    const wallMs = Math.round(clock.wallMs())
    this.#send({ type: 'clock', id, bootId: clock.bootId, receivedMonoMs, wallMs, sentMonoMs: clock.monoMs() })
  }

  #tellInventory(): void {
    if (this.#inventoryWanted) return
    this.#inventoryWanted = true
    this.#options.duties.inventory().then(
      (inventory) => {
        this.#inventoryWanted = false
        this.#send({ type: 'inventory', inventory })
      },
      (error: unknown) => {
        this.#inventoryWanted = false
        this.#options.log('error', `The inventory could not be made: ${sentenceOf(error)}`)
      },
    )
  }

  #factsFailed(error: unknown, what: 'read' | 'ack'): void {
    this.#options.log(
      'error',
      `${what === 'ack' ? 'A false acknowledgement' : 'The outbox cannot be read'}: ${sentenceOf(error)}`,
    )
    this.#close(what === 'ack' ? CloseCode.outOfOrder : CloseCode.internal, what)
  }

  #send(frame: AgentFrame): void {
    const { socket, log } = this.#options
    if (this.#state === 'closed' || socket.readyState !== socket.OPEN) return
    const text = encode(frame)
    if (Buffer.byteLength(text) > MAX_FRAME_BYTES) {
      log('error', `A frame of type ${frame.type} is longer than ${MAX_FRAME_BYTES} bytes and was not sent.`)
      return
    }
    socket.send(text)
  }

  #close(code: CloseCode, reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    if (code !== CloseCode.shuttingDown) this.#options.log('warn', `The link is closed with ${code}: ${reason}.`)
    const { socket } = this.#options
    socket.close(code)
    // A peer that does not answer the close keeps nothing alive.
    setTimeout(() => socket.terminate(), 1_000).unref()
  }

  #die(why: string): void {
    this.#options.log('warn', `The link is taken for dead: ${why}.`)
    this.#state = 'closed'
    this.#options.socket.terminate()
  }
}
