import { randomBytes } from 'node:crypto'
import {
  type AgentFrame,
  ChaosError,
  CloseCode,
  challengeText,
  type ErrorCode,
  extensionsOf,
  FIRST_FRAME_MS,
  type Greetings,
  HANDSHAKE_MS,
  type HostId,
} from '@chaos-lite/shared'
import { Agreement } from '@chaos-lite/shared/sealed'
import type { Store, StoredHost } from '../store/index.ts'
import type { AgentSocket, FrameHandler } from './agent-socket.ts'
import { type ControllerKey, verified } from './keys.ts'
import type { Enrolling } from './ports.ts'

/** What may be wrong with an enrolment. */
const REFUSALS: readonly ErrorCode[] = ['not-allowed', 'already-exists']

interface HandshakeDeps {
  readonly store: Store
  readonly enrolment: Enrolling
  readonly key: ControllerKey
  readonly handshakeMs?: number
  readonly firstFrameMs?: number
  /** The first frame has come. */
  readonly spoke: () => void
  /** The other side has proved that it holds this host's key. */
  readonly proved: (host: StoredHost, epoch: string, socket: AgentSocket) => void
  /** A frame came that this host's agent did not send, or not then. */
  readonly forged: (host: StoredHost, epoch: string) => void
  /** Somebody who has proved nothing says that they are this host, and there is none. */
  readonly unknown: (hostId: HostId) => void
  /** A host was added. */
  readonly enrolled: (host: StoredHost) => void
}

interface Challenge {
  readonly host: StoredHost
  readonly epoch: string
  readonly greetings: Greetings
  readonly agreement: Agreement
}

type Frame<T extends AgentFrame['type']> = Extract<AgentFrame, { type: T }>

/**
 * What an unproved connection may do: enrol once, say hello, and prove its identity, in this order and in ten seconds, the
 * first frame in two.
 * Everything else closes it. The host's id is believed only once the signature over both nonces is verified.
 */
export class Handshake implements FrameHandler {
  readonly #socket: AgentSocket
  readonly #deps: HandshakeDeps
  readonly #late: NodeJS.Timeout
  readonly #silent: NodeJS.Timeout
  #expects: readonly AgentFrame['type'][] = ['enrol', 'hello']
  #challenge: Challenge | null = null

  constructor(socket: AgentSocket, deps: HandshakeDeps) {
    this.#socket = socket
    this.#deps = deps
    const late = () => socket.close(CloseCode.handshakeTimeout)
    this.#late = setTimeout(late, deps.handshakeMs ?? HANDSHAKE_MS)
    // An agent speaks as soon as it is connected: who is silent wants the place only.
    this.#silent = setTimeout(late, deps.firstFrameMs ?? FIRST_FRAME_MS)
  }

  frame(frame: AgentFrame): void {
    clearTimeout(this.#silent)
    this.#deps.spoke()
    if (!this.#expects.includes(frame.type)) {
      this.#socket.close(CloseCode.outOfOrder, frame.type)
      return
    }
    // Nothing more is expected until this one has been answered.
    this.#expects = []
    this.#handle(frame).catch((error: unknown) => {
      this.#socket.log.error({ address: this.#socket.address, err: error }, 'a handshake failed')
      this.#socket.close(CloseCode.internal)
    })
  }

  gone(): void {
    clearTimeout(this.#silent)
    clearTimeout(this.#late)
  }

  async #handle(frame: AgentFrame): Promise<void> {
    if (frame.type === 'enrol') return this.#enrol(frame)
    if (frame.type === 'hello') return this.#hello(frame)
    if (frame.type === 'proof') return this.#proof(frame)
  }

  async #enrol({ token, publicKey, hostname, labels }: Frame<'enrol'>): Promise<void> {
    try {
      const host = await this.#deps.enrolment.enrol({ token, publicKey, hostname, labels })
      this.#deps.enrolled(host)
      const controllerKey = this.#deps.key.publicKey
      this.#expects = ['hello']
      this.#socket.send({ type: 'enrolled', hostId: host.hostId, controllerKey, approved: host.state === 'approved' })
    } catch (error) {
      // Every other error is trouble of this controller, and no fault of the token.
      if (!(error instanceof ChaosError && REFUSALS.includes(error.code))) throw error
      this.#socket.close(CloseCode.enrolmentRefused, error.code)
    }
  }

  async #hello({ hostId, epoch, nonce, agreement: agentAgreement, version }: Frame<'hello'>): Promise<void> {
    this.#socket.extensions = extensionsOf(version)
    const host = await this.#deps.store.hosts.byId(hostId)
    // The same answer as for a wrong signature: strangers do not learn which hosts exist.
    if (!host) {
      this.#deps.unknown(hostId)
      return this.#socket.close(CloseCode.notAuthenticated, 'unknown host')
    }
    const agreement = new Agreement()
    const controllerNonce = randomBytes(32).toString('hex')
    const controllerAgreement = agreement.publicKey
    const greetings = { hostId, agentNonce: nonce, controllerNonce, agentAgreement, controllerAgreement }
    this.#challenge = { host, epoch, greetings, agreement }
    this.#expects = ['proof']
    const signature = this.#deps.key.sign(challengeText('controller', greetings))
    this.#socket.send({ type: 'challenge', nonce: controllerNonce, agreement: controllerAgreement, signature })
  }

  async #proof({ signature }: Frame<'proof'>): Promise<void> {
    if (!this.#challenge) return this.#socket.close(CloseCode.outOfOrder)
    const { host, epoch, greetings, agreement } = this.#challenge
    const proved = verified(challengeText('agent', greetings), signature, host.publicKey)
    const seal = proved ? agreement.seal('controller', greetings) : null
    if (seal === null) return this.#socket.close(CloseCode.notAuthenticated, 'bad proof')
    clearTimeout(this.#late)
    this.#socket.sealWith(seal, () => this.#deps.forged(host, epoch))
    this.#deps.proved(host, epoch, this.#socket)
  }
}
