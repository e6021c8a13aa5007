import { randomBytes } from 'node:crypto'
import { type AgentEvent, type AgentFact, type Answer, ChaosError, type HostId, type Order } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import type { Gateway, GatewayListener } from '../../../src/gateway/gateway.ts'
import { sha256 } from '../../../src/secrets/index.ts'
import type { StoredRunBook } from '../../../src/services/book.ts'
import type { Store } from '../../../src/store/store.ts'

/** A host of the fleet: what it says to orders can be scripted, and it reports facts as a real agent would. */
export class FakeHost {
  readonly hostId: HostId = `h-${randomBytes(12).toString('hex')}`
  readonly epoch = randomBytes(16).toString('hex')
  readonly orders: Order[] = []
  online = true
  /** Answers instead of the usual ones. */
  refuse: ((order: Order) => Answer | null) | null = null
  /** Called after an inject is in place. */
  onInjected: ((stepId: string) => void) | null = null
  /** Restoration reported at the next revert. */
  restoration: 'identical' | 'ours undone' | 'unknown' | 'stuck' = 'identical'
  readonly held = new Map<string, { recordId: string; action: string; runId: string }>()
  seq = 0
  prev: string | null = null
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Agents in memory behind the gateway's port; facts go through the real store and the real run book. */
export class FakeFleet implements Gateway {
  readonly hosts: FakeHost[] = []
  readonly leases = new Set<string>()
  readonly #listeners = new Set<GatewayListener>()
  readonly #store: Store
  readonly #clientId: string
  book: StoredRunBook | null = null

  constructor(store: Store, clientId: string) {
    this.#store = store
    this.#clientId = clientId
  }

  async add(name: string, labels: Record<string, string>): Promise<FakeHost> {
    const host = new FakeHost(name)
    this.hosts.push(host)
    await this.#store.hosts.add({
      hostId: host.hostId,
      clientId: this.#clientId,
      name,
      labels,
      state: 'approved',
      publicKey: randomBytes(32).toString('base64'),
      enrolledMs: Date.now(),
      lastSeenMs: null,
      inventory: null,
    })
    return host
  }

  host(name: string): FakeHost {
    const host = this.hosts.find((one) => one.name === name)
    if (host === undefined) throw new Error(`There is no fake host ${name}.`)
    return host
  }

  async report(host: FakeHost, event: AgentEvent): Promise<void> {
    const monoMs = Math.round(performance.now())
    const at = { bootId: host.hostId, monoMs, wallMs: Date.now() }
    const fact: AgentFact = { v: 1, epoch: host.epoch, seq: host.seq, prev: host.prev, at, event }
    const line = JSON.stringify(fact)
    const digest = sha256(line)
    host.seq += 1
    host.prev = digest
    const runId = 'runId' in event ? event.runId : null
    const incoming = { epoch: fact.epoch, seq: fact.seq, prev: fact.prev, digest, runId, line, fact }
    const { stored } = await this.#store.facts.ingest(host.hostId, this.#clientId, [incoming], Date.now())
    await this.book?.ingested(stored)
  }

  async probe(host: FakeHost, runId: string, probeId: string, status: 'up' | 'down'): Promise<void> {
    const now = Math.round(performance.now())
    await this.report(host, {
      type: 'probe.changed',
      runId,
      probeId,
      status,
      value: {},
      message: null,
      lastOtherMonoMs: now - 1,
      firstSeenMonoMs: now,
    })
  }

  async revert(
    host: FakeHost,
    stepId: string,
    cause: 'hold ended' | 'abort' | 'released early' | 'lease lost' | 'halt',
  ) {
    const held = host.held.get(stepId)
    if (held === undefined) return
    host.held.delete(stepId)
    const monoMs = Math.round(performance.now())
    await this.report(host, { type: 'revert.begun', stepId, ...held, cause, monoMs })
    const item = { item: 'service:nginx', before: 'active', now: 'active', same: true }
    await this.report(host, {
      type: 'revert.ended',
      stepId,
      ...held,
      monoMs: monoMs + 1,
      restoration: host.restoration,
      compared: [item],
      kept: [],
      byHand: host.restoration === 'stuck' ? 'start the service' : null,
    })
  }

  isOnline(hostId: HostId): boolean {
    return this.hosts.some((host) => host.hostId === hostId && host.online)
  }
  online(): readonly HostId[] {
    return this.hosts.filter((host) => host.online).map((host) => host.hostId)
  }
  inventory(): null {
    return null
  }

  async order(hostId: HostId, order: Order): Promise<Answer> {
    const host = this.hosts.find((one) => one.hostId === hostId)
    if (host === undefined || !host.online) throw new ChaosError('host-offline', 'The host has no link.')
    host.orders.push(order)
    const scripted = host.refuse?.(order)
    if (scripted && !scripted.ok && order.name === 'inject') await this.#refused(host, order, scripted)
    if (scripted) return scripted
    if (order.name === 'prepare') return prepared(order)
    if (order.name === 'run.open')
      for (const probe of order.probes) await this.probe(host, order.runId, probe.probeId, 'up')
    if (order.name === 'inject') await this.#inject(host, order)
    if (order.name === 'revert')
      for (const stepId of [...host.held.keys()].reverse())
        if (order.stepId === null || order.stepId === stepId) await this.revert(host, stepId, 'abort')
    if (order.name === 'run.close') await this.#close(host, order.runId)
    return { ok: true, prepared: null }
  }

  /** A real agent records every refusal as a fact: only that proves that nothing was changed. */
  #refused(host: FakeHost, order: Extract<Order, { name: 'inject' }>, answer: Answer & { ok: false }): Promise<void> {
    const { runId, stepId } = order
    const { code, reason } = answer
    return this.report(host, { type: 'refused', runId, stepId, command: 'inject', code, rule: '', reason })
  }

  async #inject(host: FakeHost, order: Extract<Order, { name: 'inject' }>): Promise<void> {
    const { runId, stepId, action } = order
    const record = { recordId: ulid(), action, runId }
    host.held.set(stepId, record)
    await this.report(host, { type: 'inject.armed', stepId, ...record, revertByWallMs: Date.now() + 60_000 })
    await this.report(host, { type: 'inject.begun', stepId, ...record })
    const now = Math.round(performance.now())
    await this.report(host, { type: 'inject.injected', stepId, ...record, beganMonoMs: now, endedMonoMs: now + 1 })
    host.onInjected?.(stepId)
  }

  async #close(host: FakeHost, runId: string): Promise<void> {
    const open = host.orders.find((one) => one.name === 'run.open')
    for (const { probeId } of open?.name === 'run.open' ? open.probes : [])
      await this.report(host, {
        type: 'probe.ended',
        runId,
        probeId,
        samples: 3,
        up: 2,
        down: 1,
        notEvaluated: 0,
        lastStatus: 'up',
      })
  }

  renewLease(hostId: HostId, runId: string, on: boolean): void {
    if (on) this.leases.add(`${hostId} ${runId}`)
    else this.leases.delete(`${hostId} ${runId}`)
  }
  watch(): void {}
  clock(hostId: HostId) {
    return { bootId: hostId, offsetMs: Date.now() - performance.now(), boundMs: 2 }
  }
  async measureClock(hostId: HostId) {
    return this.clock(hostId)
  }
  revoke(): void {}
  listen(listener: GatewayListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  setOnline(host: FakeHost, online: boolean): void {
    host.online = online
    for (const listener of this.#listeners) online ? listener.online?.(host.hostId) : listener.offline?.(host.hostId)
  }
  async close(): Promise<void> {}
}

function prepared(order: Extract<Order, { name: 'prepare' }>): Answer {
  return {
    ok: true,
    prepared: {
      steps: order.steps.map((step) => ({
        ok: true,
        stepId: step.stepId,
        touches: ['service:nginx'],
        sentences: ['Stops nginx.'],
        injectMs: 1000,
        revertMs: 1000,
        digest: sha256(JSON.stringify(step)),
        effect: { probe: 'tcp', params: { host: '127.0.0.1', port: 80 }, expect: 'down' },
      })),
      probes: order.probes.map(({ probeId }) => ({ probeId, ok: true, reason: null, rule: null })),
    },
  }
}
