import { CloseCode, type ControllerFrame, type Cursor, LEASE_EVERY_MS, sentenceOf } from '@chaos-lite/shared'
import type { FalseAcknowledgement } from '../outbox/index.ts'
import { Commands } from './commands.ts'
import type { ConnectionOptions } from './connection-options.ts'
import { FactSender, type OutboxWork } from './fact-sender.ts'
import { sendable } from './sendable.ts'
import type { Violation, Wire } from './wire.ts'

type Frame<T extends ControllerFrame['type']> = Extract<ControllerFrame, { type: T }>

/** The frames of a link whose both ends have proved who they are. */
export type LiveFrame = Frame<'ack' | 'command' | 'lease' | 'clock' | 'watch' | 'notice'>

/** How a link begins. */
export interface BeginOfLink {
  readonly session: string
  readonly cursor: Cursor | null | 'as before'
  /** Frames beyond the subprotocol's that the controller understands. */
  readonly extensions: readonly string[]
}

/** What happens on a link after the welcome: facts and inventory go up, commands, leases and watches come down. */
export class LiveLink implements Disposable {
  readonly #options: ConnectionOptions
  readonly #wire: Wire
  readonly #commands: Commands
  readonly #facts: FactSender
  readonly #stopInventory: () => void
  readonly #leases: NodeJS.Timeout
  #inventory: 'sent' | 'being sent' | 'changed meanwhile' = 'sent'
  #readingHardware = false
  readonly #understandsWords: boolean

  constructor(options: ConnectionOptions, wire: Wire, { session, cursor, extensions }: BeginOfLink) {
    const { duties, outbox, identity, clock } = options
    const isNew = cursor !== 'as before'
    this.#options = options
    this.#understandsWords = extensions.includes('words')
    outbox.tellsMeanings = this.#understandsWords
    this.#wire = wire
    this.#commands = new Commands({
      hostId: identity.hostId,
      controllerKey: identity.controllerKey,
      session,
      monoMs: () => clock.monoMs(),
      wallMs: () => Math.round(clock.wallMs()),
      log: options.commandLog,
      execute: (order) => duties.execute(order),
      report: (event) => outbox.report(event),
    })
    this.#facts = new FactSender({
      outbox,
      send: (frame) => wire.send(frame),
      bufferedBytes: () => wire.bufferedBytes,
      hurried: () => duties.leased,
      onFalse: (error) => this.#falselyAcknowledged(error),
      onTrouble: (error, what) => this.#outboxFailed(error, what),
      ...(isNew ? { begin: () => this.#resume(cursor) } : {}),
    })
    this.#stopInventory = duties.onInventoryChange(() => this.#sendInventory())
    this.#sendInventory()
    if (isNew && extensions.includes('hardware')) void this.#sendHardware()
    this.#leases = setInterval(() => this.#askLease(), LEASE_EVERY_MS)
    this.#askLease()
  }

  /** No order is at work, every fact that was sent is stored, and the inventory was reported, hardware included. */
  get quiet(): boolean {
    const sent = this.#inventory === 'sent' && !this.#readingHardware
    return sent && this.#commands.atWork === 0 && this.#facts.underway === 0
  }

  /** Answers one frame; a violation closes the link. */
  handle(frame: LiveFrame, receivedMonoMs: number): Violation | null {
    const { duties, log } = this.#options
    switch (frame.type) {
      case 'command':
        return this.#commanded(frame, receivedMonoMs)
      case 'ack':
        this.#facts.acknowledged(frame.cursor)
        break
      case 'lease':
        duties.lease(frame)
        break
      case 'watch':
        duties.watch(frame.runId, frame.on)
        break
      case 'clock':
        this.#sendClock(frame.id, receivedMonoMs)
        break
      case 'notice':
        log('warn', `The controller says: ${frame.message}`)
    }
    return null
  }

  [Symbol.dispose](): void {
    clearInterval(this.#leases)
    this.#stopInventory()
    this.#facts[Symbol.dispose]()
    this.#options.duties.linkClosed()
  }

  /** Where the controller stands. Rejects as `resume` does. */
  async #resume(cursor: Cursor | null): Promise<void> {
    const { outbox, log } = this.#options
    const resumed = await outbox.resume(cursor)
    if (resumed === 'sends again')
      log('warn', 'The controller knows less than before; what is still here is sent again.')
    if (resumed !== 'new epoch') return
    log(
      'error',
      'The controller knows of facts that this host never wrote: it was restored from a snapshot. A new epoch begins.',
    )
    this.#wire.close({ code: CloseCode.putBack, reason: 'this host was restored from a snapshot' })
  }

  #askLease(): void {
    const ask = this.#options.duties.askLease()
    if (ask !== null) this.#wire.send({ type: 'lease', ...ask })
  }

  #commanded(frame: Frame<'command'>, receivedMonoMs: number): Violation | null {
    const handled = this.#commands.handle(frame, receivedMonoMs)
    if (handled.kind === 'close') return handled
    handled.answer.then(
      (answer) => {
        const sent = sendable(answer, this.#understandsWords)
        this.#wire.send({ type: 'answer', commandId: handled.commandId, answer: sent })
      },
      (error: unknown) => this.#wire.close({ code: CloseCode.internal, reason: sentenceOf(error) }),
    )
    return null
  }

  /** The four-timestamp exchange: nothing may come between the two readings but this. */
  #sendClock(id: number, receivedMonoMs: number): void {
    const { clock } = this.#options
    const wallMs = Math.round(clock.wallMs())
    this.#wire.send({ type: 'clock', id, bootId: clock.bootId, receivedMonoMs, wallMs, sentMonoMs: clock.monoMs() })
  }

  #sendInventory(): void {
    const busy = this.#inventory !== 'sent'
    this.#inventory = busy ? 'changed meanwhile' : 'being sent'
    if (busy) return
    this.#options.duties
      .inventory()
      .then((inventory) => this.#wire.send({ type: 'inventory', inventory }))
      .catch((error: unknown) => this.#options.log('error', `The inventory could not be made: ${sentenceOf(error)}`))
      .finally(() => {
        const again = this.#inventory === 'changed meanwhile'
        this.#inventory = 'sent'
        if (again && !this.#wire.closed) this.#sendInventory()
      })
  }

  async #sendHardware(): Promise<void> {
    this.#readingHardware = true
    try {
      const hardware = await this.#options.duties.hardware()
      if (hardware !== null) this.#wire.send({ type: 'hardware', hardware })
    } finally {
      this.#readingHardware = false
    }
  }

  #falselyAcknowledged(error: FalseAcknowledgement): void {
    this.#wire.close({ code: CloseCode.outOfOrder, reason: `a false acknowledgement: ${sentenceOf(error)}` })
  }

  /** Trouble of this host: the controller has done nothing wrong, and commands and leases must go on. */
  #outboxFailed(error: unknown, what: OutboxWork): void {
    const failed =
      what === 'read'
        ? 'The outbox of this host could not be read; facts are sent once it can'
        : 'The outbox of this host could not take note of an acknowledgement; facts may be sent twice, which does no harm'
    this.#options.log('error', `${failed}. It is tried again. ${sentenceOf(error)}`)
  }
}
