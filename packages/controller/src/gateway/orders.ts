import { type Answer, ChaosError, type Command, commandText, type HostId, type Order } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import type { AgentSocket } from './agent-socket.ts'
import type { ControllerKey } from './keys.ts'

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** More orders than this are never open on one host at a time. */
const MAX_OPEN = 200
/** A frame holds 256 KiB, and a command is JSON text inside JSON text. */
const MAX_PAYLOAD_CHARS = 100_000

/** The orders that were sent over one link and wait for their answers. */
export class Orders {
  readonly #hostId: HostId
  readonly #session: string
  readonly #socket: AgentSocket
  readonly #key: ControllerKey
  readonly #waiting = new Map<string, Waiting>()

  constructor(options: { hostId: HostId; session: string; socket: AgentSocket; key: ControllerKey }) {
    this.#hostId = options.hostId
    this.#session = options.session
    this.#socket = options.socket
    this.#key = options.key
  }

  /** Signs, sends and waits. Throws `timed-out`, `host-offline` when the link breaks, or the signal's reason. */
  async send(order: Order, { expiresInMs, signal }: { expiresInMs: number; signal?: AbortSignal }): Promise<Answer> {
    signal?.throwIfAborted()
    if (this.#waiting.size >= MAX_OPEN) throw new ChaosError('too-many', 'Too many orders wait on this host already.')
    const command: Command = { commandId: ulid(), session: this.#session, expiresInMs, order }
    const payload = JSON.stringify(command)
    if (payload.length > MAX_PAYLOAD_CHARS) {
      throw new ChaosError('too-many', `The order "${order.name}" is too large for one frame; make the drill smaller.`)
    }
    const signature = this.#key.sign(commandText(this.#hostId, payload))
    const answer = this.#answerTo(command, signal)
    this.#socket.send({ type: 'command', payload, signature })
    return answer
  }

  /** An answer came. One that nobody waits for (any more) is late, and is ignored. */
  settle(commandId: string, answer: Answer): void {
    this.#waiting.get(commandId)?.resolve(answer)
  }

  /** The link is gone. */
  fail(): void {
    const error = new ChaosError('host-offline', 'The link to the host broke before it answered.')
    for (const waiting of this.#waiting.values()) waiting.reject(error)
  }

  #answerTo({ commandId, expiresInMs, order }: Command, signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
        this.#waiting.delete(commandId)
      }
      const fail = (error: unknown) => {
        end()
        reject(error)
      }
      const aborted = () => fail(signal?.reason)
      const late = () =>
        fail(new ChaosError('timed-out', `The host did not answer "${order.name}" within ${expiresInMs / 1000} s.`))
      const timer = setTimeout(late, expiresInMs)
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.set(commandId, {
        resolve: (answer) => {
          end()
          resolve(answer)
        },
        reject: fail,
      })
    })
  }
}
