import { randomBytes } from 'node:crypto'
import {
  type AgentFrame,
  CloseCode,
  ControllerFrame,
  challengeText,
  decode,
  EXTENSIONS,
  HANDSHAKE_MS,
  isSealed,
  sentenceOf,
  UNSEALED,
  versionWith,
} from '@chaos-lite/shared'
import { Agreement, Seal } from '@chaos-lite/shared/sealed'
import { signText, verifyText } from '../identity/index.ts'
import { FrameBudget, watchStandstill } from '../net/index.ts'
import { agentVersion } from '../version.ts'
import type { ConnectionOptions } from './connection-options.ts'
import { type BeginOfLink, LiveLink } from './live-link.ts'
import type { Kept } from './relay-port.ts'
import { type Violation, Wire } from './wire.ts'

/** `greeting`: hello was sent. `proving`: the controller proved itself, our proof was sent. */
type State = 'greeting' | 'proving' | 'pending' | 'open'

const allowed: Readonly<Record<State, readonly ControllerFrame['type'][]>> = {
  greeting: ['challenge'],
  proving: ['welcome', 'pending'],
  pending: ['welcome', 'pending'],
  open: ['ack', 'command', 'lease', 'clock', 'watch', 'notice'],
}
/** Live samples are dropped first: as soon as this much waits for the network. */
const SAMPLES_UP_TO_BYTES = 64 * 1024

/** One connection from its hello to its end. Every byte from the controller is taken for hostile. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #wire: Wire
  readonly #nonce = randomBytes(32).toString('hex')
  readonly #agreement = new Agreement()
  readonly #budget = new FrameBudget()
  readonly #ends = new DisposableStack()
  #state: State = 'greeting'
  #live: LiveLink | null = null
  #session: string | null = null
  #extensions: readonly string[] = []

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#wire = new Wire(options.channel, options.log)
  }

  /** Resolves with the close code when the connection has ended. */
  run(): Promise<{ readonly code: number; readonly wasOpen: boolean }> {
    const { channel, clock, kept } = this.#options
    const stoodStill = { code: CloseCode.internal, reason: 'this process stood still' }
    this.#ends.use(watchStandstill({ monoMs: () => clock.monoMs(), onStoodStill: () => this.#wire.close(stoodStill) }))
    return new Promise((resolve) => {
      if (kept) this.#goOn(kept)
      else this.#greet()
      channel.listen({
        frame: (text, receivedMonoMs) => this.#receive(text, receivedMonoMs),
        closed: (code) => {
          this.#ends.dispose()
          resolve({ code, wasOpen: this.#live !== null })
        },
      })
    })
  }

  /** Nothing is underway: no handshake, no order, no answer. */
  get quiet(): boolean {
    return this.#state === 'pending' || (this.#state === 'open' && this.#live?.quiet === true)
  }

  /** What the next process of this agent needs to go on with this link; null while it is being opened. */
  get kept(): Kept | null {
    const { channel, identity } = this.#options
    if (this.#wire.seal === null) return null
    const ours = { hostId: identity.hostId, channelId: channel.id, seal: this.#wire.seal.state }
    const whose = { ...ours, extensions: this.#extensions }
    if (this.#state === 'pending') return { ...whose, state: 'pending', session: null }
    return this.#state === 'open' ? { ...whose, state: 'open', session: this.#session } : null
  }

  /** Sends a live sample, unless more important things wait already. */
  sample(frame: Extract<AgentFrame, { type: 'sample' }>): void {
    if (this.#live && this.#wire.bufferedBytes <= SAMPLES_UP_TO_BYTES) this.#wire.send(frame)
  }

  /** Ends the connection in good order. */
  close(): void {
    this.#wire.close({ code: CloseCode.shuttingDown, reason: 'the agent is shutting down' })
  }

  #greet(): void {
    const { identity, outbox } = this.#options
    const tooLate = { code: CloseCode.handshakeTimeout, reason: 'the handshake took too long' }
    const late = setTimeout(() => {
      if (this.#state === 'greeting' || this.#state === 'proving') this.#wire.close(tooLate)
    }, HANDSHAKE_MS)
    this.#ends.defer(() => clearTimeout(late))
    const { hostId } = identity
    const [nonce, agreement] = [this.#nonce, this.#agreement.publicKey]
    const version = versionWith(agentVersion, EXTENSIONS)
    this.#wire.send({ type: 'hello', hostId, epoch: outbox.epoch, nonce, agreement, version })
  }

  #goOn({ state, session, extensions, seal }: Kept): void {
    this.#wire.seal = new Seal(seal)
    if (state === 'open' && session !== null) this.#open({ session, cursor: 'as before', extensions })
    else this.#state = 'pending'
  }

  #open(begins: BeginOfLink): void {
    this.#state = 'open'
    this.#session = begins.session
    this.#extensions = begins.extensions
    this.#live = this.#ends.use(new LiveLink(this.#options, this.#wire, begins))
    this.#reached('open')
  }

  #reached(state: 'open' | 'pending'): void {
    this.#options.channel.announce(state)
    this.#options.onState(state)
  }

  #receive(text: string, receivedMonoMs: number): void {
    if (this.#wire.closed) return
    try {
      const violation = this.#consider(text, receivedMonoMs)
      if (violation) this.#wire.close(violation)
    } catch (error) {
      this.#wire.close({ code: CloseCode.internal, reason: sentenceOf(error) })
    }
  }

  #consider(text: string, receivedMonoMs: number): Violation | null {
    if (!this.#budget.take(this.#options.clock.monoMs()))
      return { code: CloseCode.tooManyFrames, reason: 'too many frames' }
    const genuine = this.#wire.open(text)
    if (genuine === null) return this.#forged()
    const read = decode(ControllerFrame, genuine)
    const bare = this.#wire.seal !== null && !isSealed(text)
    if (bare && !(read.ok && read.frame.type === UNSEALED)) return this.#forged()
    if (!read.ok) return { code: CloseCode.malformedFrame, reason: read.reason }
    if (allowed[this.#state].includes(read.frame.type)) return this.#handle(read.frame, receivedMonoMs)
    return { code: CloseCode.outOfOrder, reason: `${read.frame.type} while ${this.#state}` }
  }

  /** What carries the frames, or somebody on the way, has made, changed, repeated or left out one. */
  #forged(): Violation {
    this.#options.onForged()
    return { code: CloseCode.brokenSeal, reason: 'a frame that the controller did not send, or not in this turn' }
  }

  #handle(frame: ControllerFrame, receivedMonoMs: number): Violation | null {
    switch (frame.type) {
      case 'challenge':
        return this.#prove(frame)
      case 'pending':
        this.#state = 'pending'
        this.#options.log('warn', `The controller knows this host, but lets it take no part yet: ${frame.message}`)
        this.#reached('pending')
        return null
      case 'welcome':
        this.#open({ ...frame, extensions: frame.extensions ?? [] })
        return null
      case 'enrolled':
        return { code: CloseCode.outOfOrder, reason: 'enrolled, but nobody enrols here' }
      default:
        return this.#live?.handle(frame, receivedMonoMs) ?? null
    }
  }

  /** The controller must have signed both greetings with the key that was pinned; then we do. */
  #prove({ nonce, agreement, signature }: Extract<ControllerFrame, { type: 'challenge' }>): Violation | null {
    const { hostId, controllerKey, privateKey } = this.#options.identity
    const parts = {
      ...{ hostId, agentNonce: this.#nonce, controllerNonce: nonce },
      ...{ agentAgreement: this.#agreement.publicKey, controllerAgreement: agreement },
    }
    const genuine = verifyText(challengeText('controller', parts), signature, controllerKey)
    const seal = genuine ? this.#agreement.seal('agent', parts) : null
    if (seal === null) {
      return { code: CloseCode.notAuthenticated, reason: 'the controller did not prove its identity' }
    }
    this.#state = 'proving'
    this.#wire.send({ type: 'proof', signature: signText(challengeText('agent', parts), privateKey) })
    this.#wire.seal = seal
    return null
  }
}
