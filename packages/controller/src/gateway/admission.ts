import { CloseCode, type HostId } from '@chaos-lite/shared'
import type { Store, StoredHost } from '../store/index.ts'
import type { AgentSocket } from './agent-socket.ts'
import type { Link } from './link.ts'

/** How long the older link may take to show that it is alive before a newer one takes its place. */
const ALIVE_MS = 2_000
/** Hosts that wait for approval hold a socket open; not more than this many. */
const MAX_PENDING = 500

interface AdmissionDeps {
  readonly store: Store
  readonly links: ReadonlyMap<HostId, Link>
  readonly revoked: ReadonlySet<HostId>
  /** Opens the live link; `cursor` has been read. */
  readonly open: (host: StoredHost, epoch: string, socket: AgentSocket) => Promise<void>
  readonly duplicate: (host: StoredHost, epoch: string) => void
}

interface Pending {
  readonly host: StoredHost
  readonly epoch: string
  readonly socket: AgentSocket
}

/** Decides what becomes of a connection that has proved which host it is. One host at a time, one link per host. */
export class Admission {
  readonly #deps: AdmissionDeps
  readonly #pending = new Map<HostId, Pending>()
  readonly #turns = new Map<HostId, Promise<void>>()

  constructor(deps: AdmissionDeps) {
    this.#deps = deps
  }

  admit(hostId: HostId, epoch: string, socket: AgentSocket): void {
    const before = this.#turns.get(hostId) ?? Promise.resolve()
    const turn = before
      .then(() => this.#decide(hostId, epoch, socket))
      .catch((error: unknown) => {
        socket.log.error({ hostId, err: error }, 'a host could not be let in')
        socket.close(CloseCode.internal)
      })
      .finally(() => {
        if (this.#turns.get(hostId) === turn) this.#turns.delete(hostId)
      })
    this.#turns.set(hostId, turn)
  }

  /** An administrator has approved this host. */
  approved(hostId: HostId): void {
    const pending = this.#pending.get(hostId)
    if (!pending) return
    this.#pending.delete(hostId)
    this.admit(hostId, pending.epoch, pending.socket)
  }

  revoked(hostId: HostId): void {
    this.#pending.get(hostId)?.socket.close(CloseCode.hostRevoked)
    this.#pending.delete(hostId)
  }

  close(): void {
    for (const { socket } of this.#pending.values()) socket.close(CloseCode.shuttingDown)
    this.#pending.clear()
  }

  async #decide(hostId: HostId, epoch: string, socket: AgentSocket): Promise<void> {
    // Read again: it may have been revoked or approved since the hello.
    const host = await this.#deps.store.hosts.byId(hostId)
    if (!socket.open) return
    if (!host || host.state === 'revoked' || this.#deps.revoked.has(hostId)) return socket.close(CloseCode.hostRevoked)
    if (host.state === 'pending') return this.#wait({ host, epoch, socket })
    if (!(await this.#mayTakeOver(host, epoch))) return socket.close(CloseCode.duplicateAgent)
    if (socket.open) await this.#deps.open(host, epoch, socket)
  }

  #wait(pending: Pending): void {
    const { hostId, name } = pending.host
    this.#pending.get(hostId)?.socket.close(CloseCode.replaced)
    if (this.#pending.size >= MAX_PENDING) {
      pending.socket.close(CloseCode.tryLater, 'too many hosts wait for approval')
      return
    }
    this.#pending.set(hostId, pending)
    pending.socket.handle({
      frame: (frame) => pending.socket.close(CloseCode.outOfOrder, frame.type),
      gone: () => {
        if (this.#pending.get(hostId)?.socket === pending.socket) this.#pending.delete(hostId)
      },
    })
    const message = `The host ${name} waits for an administrator of the controller to approve it.`.slice(0, 300)
    pending.socket.send({ type: 'pending', message })
  }

  /** The same agent process may come back at any time; another one only when the older link is dead. */
  async #mayTakeOver(host: StoredHost, epoch: string): Promise<boolean> {
    const older = this.#deps.links.get(host.hostId)
    if (!older) return true
    if (older.epoch === epoch) {
      older.socket.close(CloseCode.replaced)
      return true
    }
    if (await older.socket.answersPing(ALIVE_MS)) {
      older.socket.send({
        type: 'notice',
        message: 'A second agent tried to connect with the key of this host and was refused. Was this machine cloned?',
      })
      this.#deps.duplicate(host, epoch)
      return false
    }
    older.socket.drop('a newer agent process took over')
    return true
  }
}
