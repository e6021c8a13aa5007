import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { AgentFrame, challengeText, decode, isSealed, SUBPROTOCOL, UNSEALED } from '@chaos-lite/shared'
import { Agreement, type Seal } from '@chaos-lite/shared/sealed'
import { WebSocket } from 'ws'
import { readLines } from '../../../packages/controller/src/gateway/read-lines.ts'
import type { Random } from '../random.ts'
import { mutateBytes, mutateJson } from './mutate.ts'

const ULID = '01J00000000000000000000000'
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
/** So many frames are such that the link goes on: what lies behind the schemas must be reached as well. */
const PASSING = 0.95
/** Of so many the seal is left out, as by somebody on the way who has no key. */
const BARE = 0.005

/** A connection of an agent that says what it should not. */
export class HostileHost {
  readonly #random: Random
  readonly #ws: WebSocket
  readonly #epoch = randomBytes(16).toString('hex')
  #seq = 0
  #prev: string | null = null
  #seal: Seal | null = null

  private constructor(random: Random, ws: WebSocket) {
    this.#random = random
    this.#ws = ws
    ws.on('error', () => undefined)
  }

  /** Connects; null when even that was refused. */
  static async connect(url: string, random: Random): Promise<HostileHost | null> {
    // Loopback has many addresses: those of one alone run out of ports.
    const localAddress = `127.0.${random.below(200)}.${2 + random.below(200)}`
    const ws = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false, localAddress })
    const host = new HostileHost(random, ws)
    return once(ws, 'open').then(
      () => host,
      () => null,
    )
  }

  /** Proves to be this host: from then on the controller takes it for one of its own. */
  async prove(hostId: string, key: KeyObject): Promise<boolean> {
    const agentNonce = randomBytes(32).toString('hex')
    const agreement = new Agreement()
    const agentAgreement = agreement.publicKey
    const about = { nonce: agentNonce, agreement: agentAgreement, version: '0' }
    this.#ws.send(JSON.stringify({ type: 'hello', hostId, epoch: this.#epoch, ...about }))
    const nonce = await this.#said('challenge')
    if (nonce === null) return false
    const greetings = {
      ...{ hostId, agentNonce, controllerNonce: String(nonce.nonce), agentAgreement },
      controllerAgreement: String(nonce.agreement),
    }
    const text = challengeText('agent', greetings)
    this.#seal = agreement.seal('agent', greetings)
    this.#ws.send(JSON.stringify({ type: 'proof', signature: sign(null, Buffer.from(text), key).toString('base64') }))
    return (await this.#said('welcome', 'pending')) !== null
  }

  /** Sends frames until one of them must end the link, or so many were sent. Returns how many the controller looked at. */
  async say(most: number): Promise<number> {
    let sent = 0
    for (let going = true; going && sent < most && this.#ws.readyState === WebSocket.OPEN; sent += 1) {
      const bytes = this.#frame()
      const read = bytes.length > 200_000 ? null : decode(AgentFrame, bytes.toString('utf8'))
      const bare = this.#random.chance(BARE) || (read?.ok === true && read.frame.type === UNSEALED)
      going = read?.ok === true && passes(read.frame) && (!bare || read.frame.type === UNSEALED)
      const sealed = bare ? null : (this.#seal?.close(bytes.toString('utf8')) ?? null)
      this.#ws.send(sealed ?? bytes, { binary: this.#random.chance(0.002) })
    }
    // Everything before the answer to a ping was looked at.
    if (this.#ws.readyState === WebSocket.OPEN) {
      this.#ws.ping()
      await Promise.race([once(this.#ws, 'pong'), once(this.#ws, 'close')])
    }
    return sent
  }

  end(): void {
    if (this.#random.chance(0.5)) this.#ws.terminate()
    else this.#ws.close()
    // A link that was refused may stay half-closed on our side.
    setTimeout(() => this.#ws.terminate(), 1_000).unref()
  }

  #said(...types: string[]): Promise<Record<string, unknown> | null> {
    return new Promise((resolve) => {
      const onMessage = (data: unknown) => {
        const text = String(data)
        const genuine = this.#seal !== null && isSealed(text) ? this.#seal.open(text) : text
        const frame = JSON.parse(genuine ?? '{}') as Record<string, unknown>
        if (!types.includes(String(frame.type))) return
        this.#ws.off('message', onMessage)
        resolve(frame)
      }
      this.#ws.on('message', onMessage)
      this.#ws.once('close', () => resolve(null))
    })
  }

  #frame(): Buffer {
    const random = this.#random
    if (random.chance(PASSING)) return Buffer.from(JSON.stringify(this.#passing()))
    const frame = random.chance(0.5) ? this.#passing() : this.#forbidden()
    const text = JSON.stringify(random.chance(0.7) ? mutateJson(random, frame, random.chance(0.7)) : frame)
    return random.chance(0.5) ? mutateBytes(random, Buffer.from(text)) : Buffer.from(text)
  }

  /** What an agent may say, with values that none would choose. */
  #passing(): object {
    const random = this.#random
    const word = () =>
      mutateBytes(random, Buffer.from('some words of a host')).toString('latin1').replace(NOT_PRINTABLE, '')
    const number = () => random.pick([0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER, random.below(1_000_000)])
    const frames: readonly [() => object, ...(() => object)[]] = [
      () => ({ type: 'facts', lines: Array.from({ length: 1 + random.below(4) }, () => this.#line(word())) }),
      () => ({ type: 'answer', commandId: ULID, answer: { ok: false, code: 'x', reason: word(), rule: null } }),
      () => ({
        type: 'clock',
        id: number(),
        bootId: word(),
        receivedMonoMs: number(),
        sentMonoMs: number(),
        wallMs: 3,
      }),
      () => ({
        type: 'sample',
        runId: ULID,
        probeId: 'p',
        monoMs: number(),
        tookMs: number(),
        status: 'up',
        value: { a: word() },
      }),
    ]
    if (random.chance(0.01))
      return { type: 'inventory', inventory: { ...INVENTORY, hostname: word(), labels: { role: word() } } }
    return random.pick(frames)()
  }

  /** What an agent may not say (any more), or never. */
  #forbidden(): object {
    const hex = (bytes: number) => randomBytes(bytes).toString('hex')
    const base64 = (bytes: number) => randomBytes(bytes).toString('base64')
    const token = randomBytes(32).toString('base64url')
    return this.#random.pick<object>([
      { type: 'hello', hostId: `h-${hex(12)}`, epoch: hex(16), nonce: hex(32), version: '0' },
      { type: 'proof', signature: base64(64) },
      { type: 'enrol', token, publicKey: base64(32), hostname: 'h', labels: {} },
      { type: 'facts', lines: [mutateBytes(this.#random, Buffer.from(this.#line('x'))).toString('utf8')] },
    ])
  }

  /** A fact as agents write it, linked to the one before; sometimes a few were lost in between. */
  #line(word: string): string {
    const event = this.#random.chance(0.5)
      ? { type: 'lease.lost', runId: ULID }
      : { type: 'refused', runId: null, stepId: null, command: word, code: 'y', rule: '', reason: word }
    const at = { bootId: 'b', monoMs: this.#seq, wallMs: this.#seq }
    const line: string = JSON.stringify({ v: 1, epoch: this.#epoch, seq: this.#seq, prev: this.#prev, at, event })
    this.#seq += this.#random.chance(0.005) ? 2 : 1
    this.#prev = `sha256:${createHash('sha256').update(line).digest('hex')}`
    return line
  }
}

/** May a proved link go on after this frame? */
function passes(frame: AgentFrame): boolean {
  if (frame.type === 'hello' || frame.type === 'proof' || frame.type === 'enrol') return false
  if (frame.type !== 'facts') return true
  try {
    for (const _ of readLines(frame.lines));
    return true
  } catch {
    return false
  }
}

const INVENTORY = {
  ...{ hostname: 'h', os: 'o', platform: 'linux', kernel: 'k', arch: 'a', cpus: 1, memoryBytes: 1, agentVersion: '0' },
  ...{ addresses: [], labels: { role: 'web' }, menu: { actions: [], probes: [], exercises: [] }, offers: [] },
  ...{
    journal: { readable: true, open: 0, stuck: 0 },
    bootId: 'b',
    policy: { present: true, digest: null, warnings: [] },
  },
}
