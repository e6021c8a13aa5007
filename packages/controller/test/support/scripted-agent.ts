import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  type AgentFrame,
  ControllerFrame,
  challengeText,
  isSealed,
  type Labels,
  SUBPROTOCOL,
  UNSEALED,
} from '@chaos-lite/shared'
import { Agreement, type Seal } from '@chaos-lite/shared/sealed'
import { expect, onTestFinished } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { newEpoch } from './lines.ts'

type Type = ControllerFrame['type']
export type Frame<T extends Type> = Extract<ControllerFrame, { type: T }>

/** A connection that says exactly what a test asks of it, right or wrong. */
export class ScriptedAgent {
  readonly ws: WebSocket
  readonly frames: ControllerFrame[] = []
  /** The close code; or the HTTP status as text when the upgrade was refused. */
  readonly ended: Promise<number | string>
  readonly opened: Promise<void>
  readonly #waiting = new Set<() => void>()
  #code: number | string | null = null
  /** As soon as the agent knows its key; it proves who it is before it seals anything. */
  seal: Seal | null = null

  constructor(url: string, options: { protocols?: string[]; ws?: ClientOptions } = {}) {
    this.ws = new WebSocket(url, options.protocols ?? [SUBPROTOCOL], { perMessageDeflate: false, ...options.ws })
    const ended = Promise.withResolvers<number | string>()
    const opened = Promise.withResolvers<void>()
    this.ended = ended.promise
    this.opened = opened.promise
    opened.promise.catch(() => undefined)
    const end = (code: number | string) => {
      this.#code = code
      ended.resolve(code)
      opened.reject(new Error(`ended with ${code}`))
      this.#wake()
    }
    this.ws.on('open', () => opened.resolve())
    this.ws.on('error', () => undefined)
    this.ws.on('unexpected-response', (_request, response) => end(`HTTP ${response.statusCode}`))
    this.ws.on('close', (code) => end(code))
    this.ws.on('message', (data) => {
      const text = String(data)
      const genuine = this.seal !== null && isSealed(text) ? this.seal.open(text) : text
      const frame = ControllerFrame.parse(JSON.parse(genuine ?? ''))
      expect(isSealed(text)).toBe(this.seal !== null && frame.type !== UNSEALED)
      this.frames.push(frame)
      this.#wake()
    })
    onTestFinished(() => this.ws.terminate())
  }

  send(frame: AgentFrame): void {
    const text = JSON.stringify(frame)
    if (frame.type === UNSEALED) this.raw(text)
    else this.sealed(text)
  }

  /** Anything, with the seal that it would bear if the agent said it. */
  sealed(text: string): void {
    this.raw(this.seal?.close(text) ?? text)
  }

  /** The very bytes. */
  raw(data: string | Buffer): void {
    this.ws.send(data)
  }

  /** The next frame of this type, taken out of what has come. */
  async next<T extends Type>(type: T): Promise<Frame<T>> {
    for (;;) {
      const index = this.frames.findIndex((frame) => frame.type === type)
      if (index >= 0) return this.frames.splice(index, 1)[0] as Frame<T>
      if (this.#code !== null) throw new Error(`The link ended with ${this.#code} while ${type} was awaited.`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/** Who an agent is: its key, and the id it was given. */
export interface ScriptedIdentity {
  readonly key: KeyObject
  readonly publicKey: string
  readonly hostId: string
  readonly controllerKey: string
}

export function newKey(): Pick<ScriptedIdentity, 'key' | 'publicKey'> {
  const { privateKey: key, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  return { key, publicKey: Buffer.from(String(x), 'base64url').toString('base64') }
}

let enrolled = 0

/** Each host has a name of its own, as real ones have, unless one is given. */
export async function enrol(
  url: string,
  token: string,
  labels: Labels = {},
  hostname = `node-${String(++enrolled).padStart(2, '0')}`,
): Promise<ScriptedIdentity> {
  const { key, publicKey } = newKey()
  const agent = new ScriptedAgent(url)
  await agent.opened
  agent.send({ type: 'enrol', token, publicKey, hostname, labels })
  const { hostId, controllerKey } = await agent.next('enrolled')
  agent.ws.close()
  return { key, publicKey, hostId, controllerKey }
}

/** Says hello and proves the identity; what comes then (welcome, pending, a close) is for the test to see. */
export async function prove(
  url: string,
  identity: ScriptedIdentity,
  epoch = newEpoch(),
  version = '0.1.0',
): Promise<ScriptedAgent> {
  const agent = new ScriptedAgent(url)
  await agent.opened
  const { hostId } = identity
  const agentNonce = randomBytes(32).toString('hex')
  const agreement = new Agreement()
  const agentAgreement = agreement.publicKey
  agent.send({ type: 'hello', hostId, epoch, nonce: agentNonce, agreement: agentAgreement, version })
  const { nonce: controllerNonce, agreement: controllerAgreement } = await agent.next('challenge')
  const greetings = { hostId, agentNonce, controllerNonce, agentAgreement, controllerAgreement }
  const text = challengeText('agent', greetings)
  agent.send({ type: 'proof', signature: sign(null, Buffer.from(text), identity.key).toString('base64') })
  agent.seal = agreement.seal('agent', greetings)
  return agent
}

export async function connect(url: string, identity: ScriptedIdentity, epoch = newEpoch()) {
  const agent = await prove(url, identity, epoch)
  const { session, cursor } = await agent.next('welcome')
  return { agent, session, cursor, epoch }
}
