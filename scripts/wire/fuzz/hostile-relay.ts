import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { challengeText, commandText, isSealed, UNSEALED } from '@chaos-lite/shared'
import { Agreement, Seal } from '@chaos-lite/shared/sealed'
import { ulid } from 'ulid'
import { makeKey, publicKeyOf, signText } from '../../../packages/agent/src/identity/index.ts'
import { Down, FRAME_STAMP_BYTES, Pipe, Up } from '../../../packages/agent/src/pipe/index.ts'
import type { Random } from '../random.ts'
import { mutateBytes, mutateJson } from './mutate.ts'

const hex = (bytes: number) => randomBytes(bytes).toString('hex')
export const hostId = 'h-0123456789abcdef01234567'
const RUN = '01J00000000000000000000000'
const MOST_FRAMES = 300
/** So many frames are such that the link goes on. */
const PASSING = 0.96
const GENUINE = 0.02
/** So long a well-behaved link may be kept waiting. */
const CARE_WITHIN_MS = 30_000

/** Signs as the controller. `fresh`: for this session. */
export type Sign = (payload: string, fresh: boolean) => string

/** A relay that says what it should not: some of it in the controller's name, some in its own. */
export class HostileRelay {
  readonly #pipe: Pipe
  readonly #random: Random
  readonly #nowMs: () => number
  readonly #frames: Record<string, unknown>[] = []
  readonly #closed = Promise.withResolvers<void>()
  readonly #session = randomBytes(32).toString('hex')
  #seal: Seal | null = null
  #before: string | null = null
  #wake: () => void = () => undefined
  #over = false
  /** Up to where the agent reported facts that are not acknowledged yet, by epoch. */
  readonly #reported = new Map<string, number>()
  /** Frames that may be a lease, with a genuine seal. */
  leases = 0

  constructor(stream: Duplex, random: Random, nowMs: () => number) {
    this.#random = random
    this.#nowMs = nowMs
    this.#pipe = new Pipe(stream, {
      message: (kind, payload) => this.#message(kind, payload),
      closed: () => this.#gone(),
    })
  }

  /** Opens a connection and answers as the controller would. False when the agent did not want it. */
  async prove(sign: (text: string) => string, hostile = true): Promise<boolean> {
    this.#pipe.send(Up.opened, randomBytes(16).toString('hex'))
    const hello = await this.#said('hello')
    if (hello === null) return false
    const nonce = randomBytes(32).toString('hex')
    const agreement = new Agreement()
    const greetings = {
      ...{ hostId, agentNonce: String(hello.nonce), controllerNonce: nonce },
      ...{ agentAgreement: String(hello.agreement), controllerAgreement: agreement.publicKey },
    }
    const signature = sign(challengeText('controller', greetings))
    this.#frame(JSON.stringify({ type: 'challenge', nonce, agreement: agreement.publicKey, signature }))
    this.#seal = agreement.seal('controller', greetings)
    if ((await this.#said('proof')) === null) return false
    const cursor =
      hostile && this.#random.chance(0.02) ? { epoch: String(hello.epoch), seq: this.#random.below(1_000_000) } : null
    this.#sealed(JSON.stringify({ type: 'welcome', session: this.#session, cursor, leaseTtlMs: 10_000 }))
    return true
  }

  async say(sign: Sign): Promise<number> {
    let sent = 0
    for (; sent < MOST_FRAMES && !this.#over; sent += 1) {
      const random = this.#random
      if (random.chance(GENUINE)) this.#sealed(this.#command((payload) => sign(payload, true)))
      else if (random.chance(PASSING)) this.#say(this.#passing())
      else if (random.chance(0.2)) this.#raw()
      else if (random.chance(0.3)) this.#forge(sign)
      else this.#sealed(this.#broken(sign))
      // What is stored is acknowledged once: otherwise all of it would come again over each link.
      if (random.chance(0.1)) this.#acknowledge()
      // The agent's part works in turns of the event loop; so does this one.
      if (sent % 8 === 0) await new Promise((next) => setImmediate(next))
    }
    await new Promise((next) => setImmediate(next))
    return sent
  }

  /** Behaves well: acknowledges what was reported, and has one order answered. */
  async care(sign: Sign): Promise<void> {
    const late = setTimeout(() => {
      throw new Error(`Not answered within ${CARE_WITHIN_MS / 1000} s: an order over a well-behaved link.`)
    }, CARE_WITHIN_MS)
    this.#acknowledge()
    this.#sealed(this.#command((payload) => sign(payload, true)))
    const answer = await this.#said('answer')
    clearTimeout(late)
    if (answer === null) throw new Error('A well-behaved link was closed.')
    this.#acknowledge()
  }

  async end(): Promise<void> {
    this.#pipe.end()
    await this.#closed.promise
  }

  #command(sign: (payload: string) => string, session = this.#session): string {
    const order = { name: 'revert', runId: RUN, stepId: null, cause: 'abort' }
    const payload = JSON.stringify({ commandId: ulid(), session, expiresInMs: 10_000, order })
    return JSON.stringify({ type: 'command', payload, signature: sign(payload) })
  }

  #passing(): { readonly type: string } {
    const random = this.#random
    const number = () => random.pick([0, 1, 120_000, random.below(100_000)])
    return random.pick<() => { readonly type: string }>([
      () => ({ type: 'lease', runId: RUN, ask: 1 + number(), ttlMs: number() }),
      () => ({ type: 'clock', id: number() }),
      () => ({ type: 'watch', runId: RUN, on: random.chance(0.5) }),
      () => ({ type: 'ack', cursor: { epoch: randomBytes(16).toString('hex'), seq: number() } }),
      () => ({ type: 'notice', message: 'x'.repeat(random.below(300)) }),
    ])()
  }

  /** Damaged frames; signatures of others; genuine words of another session. */
  #broken(sign: Sign): string {
    const random = this.#random
    const stranger = makeKey()
    const base = random.pick<() => string>([
      () => JSON.stringify(this.#passing()),
      () => this.#command((payload) => signText(commandText(hostId, payload), stranger)),
      () => this.#command((payload) => signText(commandText('h-ffffffffffffffffffffffff', payload), stranger)),
      () => this.#command((payload) => sign(payload, false), randomBytes(32).toString('hex')),
      () => JSON.stringify({ type: 'welcome', session: this.#session, cursor: null, leaseTtlMs: 1 }),
      () => JSON.stringify({ type: 'enrolled', hostId, controllerKey: publicKeyOf(stranger), approved: true }),
    ])()
    if (random.chance(0.3)) return base
    if (random.chance(0.5)) return mutateBytes(random, Buffer.from(base)).toString('utf8')
    return JSON.stringify(mutateJson(random, JSON.parse(base), true))
  }

  #acknowledge(): void {
    for (const [epoch, seq] of this.#reported) this.#sealed(JSON.stringify({ type: 'ack', cursor: { epoch, seq } }))
    this.#reported.clear()
  }

  #say(frame: { readonly type: string }): void {
    if (frame.type === UNSEALED) this.#frame(JSON.stringify(frame))
    else this.#sealed(JSON.stringify(frame))
  }

  /** As the controller would say it. */
  #sealed(text: string): void {
    if (text.includes('lease')) this.leases += 1
    this.#before = this.#seal?.close(text) ?? text
    this.#frame(this.#before)
  }

  /** What a relay can do that has no key: leave the seal out, repeat, leave out, damage, or bring the words of another session. */
  #forge(sign: Sign): void {
    const random = this.#random
    const genuine = () => this.#command((payload) => sign(payload, false))
    const stranger = () => new Seal({ out: { key: hex(32), count: 1 }, in: { key: hex(32), count: 0 } })
    const text = random.chance(0.5) ? genuine() : JSON.stringify({ type: 'lease', runId: RUN, ask: 1, ttlMs: 120_000 })
    random.pick<() => void>([
      () => this.#frame(text),
      () => this.#frame(this.#before ?? text),
      () => this.#frame(stranger().close(text)),
      () => this.#frame(mutateBytes(random, Buffer.from(this.#seal?.close(text) ?? text)).toString('utf8')),
      () => {
        this.#seal?.close(text)
        this.#sealed(text)
      },
    ])()
  }

  /** A message that is no frame. */
  #raw(): void {
    const random = this.#random
    const kind = random.pick([Up.opened, Up.resumed, Up.frame, Up.closed, Up.look, 0, 99, 255])
    this.#pipe.send(kind, mutateBytes(random, randomBytes(random.below(64))))
  }

  #frame(text: string): void {
    const stamp = Buffer.alloc(FRAME_STAMP_BYTES)
    stamp.writeDoubleBE(this.#nowMs(), 0)
    this.#pipe.send(Up.frame, Buffer.concat([stamp, Buffer.from(text)]))
  }

  async #said(type: string): Promise<Record<string, unknown> | null> {
    for (;;) {
      const at = this.#frames.findIndex((frame) => frame.type === type)
      if (at >= 0) return this.#frames.splice(at, 1)[0] ?? null
      if (this.#over) return null
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #message(kind: number, payload: Buffer): void {
    if (kind === Down.close) this.#over = true
    if (kind === Down.frame) this.#hear(payload.toString('utf8'))
    this.#wake()
  }

  /** Every frame is opened: the agent's seal counts them. */
  #hear(text: string): void {
    const genuine = this.#seal !== null && isSealed(text) ? this.#seal.open(text) : text
    if (genuine === null) throw new Error('A frame of the agent did not bear its seal.')
    const frame = JSON.parse(genuine)
    if (frame.type === 'facts') {
      const { epoch, seq } = JSON.parse(frame.lines.at(-1))
      this.#reported.set(epoch, seq)
    } else if (frame.type !== 'clock' && this.#frames.length < 100) this.#frames.push(frame)
  }

  #gone(): void {
    this.#over = true
    this.#closed.resolve()
    this.#wake()
  }
}
