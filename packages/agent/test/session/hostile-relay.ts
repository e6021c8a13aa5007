import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { AgentFrame, challengeText, commandText, isSealed, type Order } from '@chaos-lite/shared'
import { Agreement, type Seal } from '@chaos-lite/shared/sealed'
import { ulid } from 'ulid'
import { expect, vi } from 'vitest'
import { createEngine } from '../../src/engine/create-engine.ts'
import { keyToPem, makeKey, publicKeyOf, signText, writeIdentity } from '../../src/identity/index.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { Down, FRAME_STAMP_BYTES, Pipe, Up, wayWithin } from '../../src/pipe/index.ts'
import { startService } from '../../src/session/index.ts'
import { definitions } from '../fixtures/local-host.ts'
import { allowAll, RUN, toyWorld } from '../fixtures/toy-engine.ts'
import { realClock, toyHost } from '../fixtures/toy-host.ts'

const hostId = 'h-0123456789abcdef01234567'

/** Lets files be read and written; no time passes by it. */
export async function settled(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((next) => setImmediate(next))
}

/** Waits for something that needs no time to pass. */
export async function until(done: () => boolean, what: string): Promise<void> {
  const beganMs = realClock.monoMs()
  while (!done()) {
    if (realClock.monoMs() - beganMs > 10_000) throw new Error(`never: ${what}`)
    await settled(1)
  }
}

/**
 * The honest end of one connection: signs, seals and counts as the controller does. What it says goes into the hands of
 * the relay.
 */
class Honest {
  readonly session = randomBytes(32).toString('hex')
  /** Sealed frames for the host, in the order in which they were said. */
  readonly said: string[] = []
  /** What the host said, opened. */
  readonly heard: AgentFrame[] = []
  seal: Seal | null = null
  /** The seal of a frame was broken: it closed its end. */
  closed = false

  say(frame: object): void {
    const text = JSON.stringify(frame)
    this.said.push(this.seal?.close(text) ?? text)
  }

  hear(text: string): void {
    if (this.closed) return
    const genuine = this.seal !== null && isSealed(text) ? this.seal.open(text) : text
    if (genuine === null) this.closed = true
    else this.heard.push(AgentFrame.parse(JSON.parse(genuine)))
  }

  next<T extends AgentFrame['type']>(type: T): Extract<AgentFrame, { type: T }> | null {
    const at = this.heard.findIndex((frame) => frame.type === type)
    return at < 0 ? null : (this.heard.splice(at, 1)[0] as Extract<AgentFrame, { type: T }>)
  }
}

/**
 * A real root part (engine, journal, outbox, session, link), a controller that means well, and between them a relay that
 * does what a test asks of it. The host's clock is the one that vitest turns: see `PATIENT`.
 */
export async function hostileRelay() {
  const clock = { ...realClock, monoMs: () => performance.now() }
  const world = toyWorld({}, { host: toyHost(clock) })
  const [controllerKey, hostKey] = [makeKey(), makeKey()]
  await writeIdentity(world.paths.identity, {
    ...{ format: 1, hostId, controllerUrl: 'https://c.example.test', controllerKey: publicKeyOf(controllerKey) },
    ...{ privateKeyPem: keyToPem(hostKey), caPem: null, labels: {}, enrolledMs: 1 },
  })
  const outbox = createOutbox({ folder: world.paths.outbox, clock })
  const facts: string[] = []
  outbox.onReported((event) => facts.push(JSON.stringify(event)))
  const engine = createEngine({ ...world.deps, reporter: outbox })
  let attach: (stream: Duplex) => void = () => {}
  const service = await startService({
    ...{ paths: world.paths, host: world.deps.host, engine, outbox, local: definitions(), exercises: [] },
    menu: { actions: [], probes: [], exercises: [] },
    policy: async () => allowAll,
    offers: async () => [],
    log: () => {},
    door: async (letIn) => {
      attach = letIn
      return { [Symbol.asyncDispose]: async () => {} }
    },
  })
  const [near, far] = wayWithin()
  let honest = new Honest()
  /** Frames of the root part, as they came out of the pipe; the relay has not handed them on. */
  const fromHost: string[] = []
  const closes: number[] = []
  let pointed = false
  const pipe = new Pipe(far, {
    message: (kind, payload) => {
      if (kind === Down.frame) fromHost.push(payload.toString())
      if (kind === Down.target) pointed = true
      if (kind === Down.close) closes.push(Number(payload.toString()))
    },
    closed: () => {},
  })
  attach(near)
  await until(() => pointed, 'the relay knows where the controller is')

  const relay = {
    /** Hands any text to the root part as a frame of the controller. */
    toHost(text: string): void {
      const stamp = Buffer.alloc(FRAME_STAMP_BYTES)
      stamp.writeDoubleBE(clock.monoMs(), 0)
      pipe.send(Up.frame, Buffer.concat([stamp, Buffer.from(text)]))
    },
    /** Hands on everything that either side has said so far, in order, and the controller reacts. */
    async carry(): Promise<void> {
      await settled()
      for (const text of fromHost.splice(0)) honest.hear(text)
      controller.react()
      for (const text of honest.said.splice(0)) relay.toHost(text)
      await settled()
    },
    fromHost,
    closes,
  }

  const controller = {
    /** Does it want the failure to go on? */
    grants: true,
    granted: [] as { readonly ask: number; readonly atMs: number }[],
    react(): void {
      for (let asked = honest.next('lease'); asked !== null; asked = honest.next('lease')) {
        if (!controller.grants) continue
        controller.granted.push({ ask: asked.ask, atMs: clock.monoMs() })
        honest.say({ ...asked, ttlMs: 10_000 })
      }
    },
    command(order: Order): string {
      const commandId = ulid()
      const payload = JSON.stringify({ commandId, session: honest.session, expiresInMs: 10_000, order })
      honest.say({ type: 'command', payload, signature: signText(commandText(hostId, payload), controllerKey) })
      return commandId
    },
    /** Sends a command, with an honest relay between, and waits for the answer. */
    async ordered(order: Order) {
      const commandId = controller.command(order)
      let answer: ReturnType<typeof honest.next<'answer'>> = null
      const beganMs = realClock.monoMs()
      while (answer?.commandId !== commandId) {
        if (realClock.monoMs() - beganMs > 10_000) throw new Error(`no answer to ${order.name}`)
        await relay.carry()
        answer = honest.next('answer')
      }
      return answer.answer
    },
    get honest() {
      return honest
    },
  }

  /** A new connection: the handshake passes through the relay unchanged, up to `welcome`. */
  const greet = async (): Promise<Honest> => {
    honest = new Honest()
    fromHost.length = 0
    pipe.send(Up.opened, randomBytes(16).toString('hex'))
    await until(() => fromHost.length > 0, 'a hello')
    honest.hear(fromHost.shift() ?? '')
    const hello = honest.next('hello')
    if (hello === null) throw new Error('not greeted')
    const [nonce, agreement] = [randomBytes(32).toString('hex'), new Agreement()]
    const greetings = {
      ...{ hostId, agentNonce: hello.nonce, controllerNonce: nonce },
      ...{ agentAgreement: hello.agreement, controllerAgreement: agreement.publicKey },
    }
    const signature = signText(challengeText('controller', greetings), controllerKey)
    relay.toHost(JSON.stringify({ type: 'challenge', nonce, agreement: agreement.publicKey, signature }))
    await until(() => fromHost.length > 0, 'a proof')
    honest.hear(fromHost.shift() ?? '')
    expect(honest.next('proof')).not.toBeNull()
    honest.seal = agreement.seal('controller', greetings)
    return honest
  }
  const connect = async (): Promise<Honest> => {
    const current = await greet()
    current.say({ type: 'welcome', session: current.session, cursor: null, leaseTtlMs: 10_000 })
    await relay.carry()
    return current
  }
  /** From planned to held, with an honest relay. */
  const inject = async (): Promise<void> => {
    const params = { path: world.file, text: 'after' }
    const step = { stepId: 'one', kind: 'inject', name: 'toy.write', params, holdMs: 600_000 } as const
    const prepared = await controller.ordered({ name: 'prepare', steps: [step], probes: [] })
    const planned = prepared.ok ? prepared.prepared?.steps[0] : undefined
    if (!planned?.ok) throw new Error('not prepared')
    await controller.ordered({ name: 'run.open', runId: RUN, onLinkLoss: 'revert', probes: [] })
    const how = { stepId: 'one', action: 'toy.write', params, holdMs: 600_000, effectWaitMs: 0 } as const
    const order = { name: 'inject', runId: RUN, ...how, onLinkLoss: 'revert' } as const
    const answer = await controller.ordered({ ...order, explanationDigest: planned.digest })
    if (!answer.ok) throw new Error(answer.reason)
  }

  return {
    ...{ world, outbox, facts, clock, relay, controller, greet, connect, inject },
    content: () => readFileSync(world.file, 'utf8'),
    async [Symbol.asyncDispose]() {
      vi.useRealTimers()
      // Nobody is there to take the last facts.
      pipe.send(Up.closed, '1001')
      await settled()
      await engine.shutdown('shutdown')
      await service[Symbol.asyncDispose]()
      await outbox.close()
      await rm(world.paths.state, { recursive: true, force: true })
    },
  }
}

/** What vitest's clock must turn: everything that waits for time to pass, and the clock that it is read from. */
export const PATIENT = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] as const
