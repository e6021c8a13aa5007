import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  AGENT_PATH,
  AgentFrame,
  type Command,
  type ControllerFrame,
  type Cursor,
  challengeText,
  commandText,
  isSealed,
  type Order,
  SUBPROTOCOL,
  UNSEALED,
} from '@chaos-lite/shared'
import { Agreement, type Seal } from '@chaos-lite/shared/sealed'
import { ulid } from 'ulid'
import { expect } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { keyToPem, makeKey, publicKeyOf, signText, verifyText } from '../../src/identity/keys.ts'

type Of<T extends AgentFrame['type']> = Extract<AgentFrame, { type: T }>

export const hostId = 'h-0123456789abcdef01234567'

/** A controller that does exactly what a test asks of it, over a real WebSocket. */
export class FakeController implements AsyncDisposable {
  readonly key = makeKey()
  readonly hostKey = makeKey()
  readonly #server: Server
  readonly #sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: () => SUBPROTOCOL,
    perMessageDeflate: false,
  })
  readonly #waiting: ((peer: Peer) => void)[] = []
  readonly #arrived: Peer[] = []

  private constructor(server: Server) {
    this.#server = server
    server.on('upgrade', (request, socket, head) => {
      if (request.url !== AGENT_PATH) {
        socket.destroy()
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) => {
        const peer = new Peer(ws, this)
        const waiting = this.#waiting.shift()
        if (waiting) waiting(peer)
        else this.#arrived.push(peer)
      })
    })
  }

  static async start(server: Server = createServer()): Promise<FakeController> {
    const controller = new FakeController(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return controller
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** The identity of an enrolled host, as its agent would read it. */
  identity(controllerUrl = this.url, caPem: string | null = null) {
    return { hostId, controllerUrl, controllerKey: publicKeyOf(this.key), privateKey: this.hostKey, caPem, labels: {} }
  }

  /** The next agent that connects. */
  peer(): Promise<Peer> {
    const arrived = this.#arrived.shift()
    return arrived ? Promise.resolve(arrived) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Waits for an agent and lets it in; one that gives up meanwhile comes again. */
  async welcome(cursor: Cursor | null = null, extensions?: string[]): Promise<Peer> {
    const peer = await this.peer()
    try {
      await peer.prove()
    } catch (thrown) {
      if (peer.socket.readyState !== peer.socket.CLOSED) throw thrown
      return this.welcome(cursor, extensions)
    }
    const more = extensions === undefined ? {} : { extensions }
    peer.send({ type: 'welcome', session: peer.session, cursor, leaseTtlMs: 10_000, ...more })
    return peer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

/** The controller's end of one connection. */
export class Peer {
  readonly session = randomBytes(32).toString('hex')
  readonly socket: WebSocket
  readonly #controller: FakeController
  readonly #frames: AgentFrame[] = []
  readonly closed: Promise<number>
  readonly #waiting = new Set<() => void>()
  seal: Seal | null = null

  constructor(socket: WebSocket, controller: FakeController) {
    this.socket = socket
    this.#controller = controller
    socket.on('error', () => {})
    socket.on('message', (data) => {
      // Whatever an agent sends must fit the contract, and bear its seal.
      const text = data.toString()
      const genuine = this.seal !== null && isSealed(text) ? this.seal.open(text) : text
      const frame = AgentFrame.parse(JSON.parse(genuine ?? ''))
      expect(isSealed(text)).toBe(this.seal !== null && frame.type !== UNSEALED && frame.type !== 'proof')
      this.#frames.push(frame)
      this.#wake()
    })
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)))
    void this.closed.then(() => this.#wake())
  }

  /** The next frame of that type; others that came before it are passed over. */
  async next<T extends AgentFrame['type']>(type: T): Promise<Of<T>> {
    for (;;) {
      const index = this.#frames.findIndex((frame) => frame.type === type)
      if (index >= 0) return this.#frames.splice(index, 1)[0] as Of<T>
      if (this.socket.readyState === this.socket.CLOSED) throw new Error(`closed before ${type} came`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** The lines of so many facts. */
  async facts(count: number): Promise<string[]> {
    const lines: string[] = []
    while (lines.length < count) lines.push(...(await this.next('facts')).lines)
    return lines
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  send(frame: ControllerFrame): void {
    const text = JSON.stringify(frame)
    if (frame.type === UNSEALED) this.sendRaw(text)
    else this.sendSealed(text)
  }

  /** Anything, with the seal that it would bear if the controller said it. */
  sendSealed(text: string): void {
    this.sendRaw(this.seal?.close(text) ?? text)
  }

  /** The very bytes. */
  sendRaw(text: string | Buffer): void {
    this.socket.send(text)
  }

  /** Grants the next lease that the agent asks for; resolves with its question. */
  async grant(ttlMs: number): Promise<Of<'lease'>> {
    const asked = await this.next('lease')
    this.send({ ...asked, ttlMs })
    return asked
  }

  /** Does the mutual challenge, and checks the agent's part of it. Resolves with its hello. */
  async prove(signer = this.#controller.key): Promise<Of<'hello'>> {
    const hello = await this.next('hello')
    const [nonce, agreement] = [randomBytes(32).toString('hex'), new Agreement()]
    const parts = {
      ...{ hostId: hello.hostId, agentNonce: hello.nonce, controllerNonce: nonce },
      ...{ agentAgreement: hello.agreement, controllerAgreement: agreement.publicKey },
    }
    const signature = signText(challengeText('controller', parts), signer)
    this.send({ type: 'challenge', nonce, agreement: agreement.publicKey, signature })
    if (signer !== this.#controller.key) return hello
    this.seal = agreement.seal('controller', parts)
    const proof = await this.next('proof')
    expect(verifyText(challengeText('agent', parts), proof.signature, publicKeyOf(this.#controller.hostKey))).toBe(true)
    return hello
  }

  /** Sends a signed command; every part of it may be made wrong. */
  command(order: Order, wrong: Partial<Command> & { signature?: string; forHost?: string } = {}): string {
    const { signature, forHost, ...parts } = wrong
    const commandId = parts.commandId ?? ulid()
    const payload = JSON.stringify({ session: this.session, expiresInMs: 10_000, order, ...parts, commandId })
    const genuine = signText(commandText(forHost ?? hostId, payload), this.#controller.key)
    this.send({ type: 'command', payload, signature: signature ?? genuine })
    return commandId
  }

  async answerTo(commandId: string) {
    for (;;) {
      const { commandId: id, answer } = await this.next('answer')
      if (id === commandId) return answer
    }
  }
}

export { keyToPem }
