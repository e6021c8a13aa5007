import { createHash, randomBytes } from 'node:crypto'
import type { AgentLine, Store, StoredHost } from '@chaos-lite/controller'
import type { AgentEvent, AgentFact, Digest } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'

/** A random start of an agent. */
export const newEpoch = (): string => randomBytes(16).toString('hex')

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** A ULID of the given millisecond, with a random end. */
export function ulid(ms = Date.now()): string {
  const time = Array.from({ length: 10 }, (_, index) => CROCKFORD[Math.floor(ms / 32 ** (9 - index)) % 32])
  const end = Array.from(randomBytes(16), (byte) => CROCKFORD[byte % 32])
  return [...time, ...end].join('')
}

export const newHostId = (): string => `h-${randomBytes(12).toString('hex')}`

export function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

export function hostOf(clientId: string, changes: Partial<StoredHost> = {}): StoredHost {
  return {
    hostId: newHostId(),
    clientId,
    name: 'srv-01',
    labels: { role: 'erp-primary' },
    proposedLabels: {},
    state: 'approved',
    publicKey: randomBytes(32).toString('base64'),
    enrolledMs: 1_000,
    lastSeenMs: null,
    inventory: null,
    ...changes,
  }
}

export async function addHost(store: Store, changes: Partial<StoredHost> = {}): Promise<StoredHost> {
  const host = hostOf((await store.clients.first()).clientId, changes)
  await store.hosts.add(host)
  return host
}

export function rowOf(clientId: string, changes: Partial<RunRow> = {}): RunRow {
  return {
    runId: ulid(),
    clientId,
    drill: 'failover',
    title: 'Failover Friday',
    mode: 'live',
    phase: 'planned',
    outcome: null,
    effect: 'not seen',
    restoration: 'not applicable',
    startedMs: 5,
    endedMs: null,
    summary: 'It has begun.',
    ...changes,
  }
}

const started: AgentEvent = { type: 'agent.started', version: '0.1.0', openRecords: 0, journal: 'readable' }

/** A linked chain of lines of one epoch, as an agent writes them. */
export function chainOf(
  epoch: string,
  events: number | readonly AgentEvent[],
  after: { seq: number; digest: Digest } | null = null,
): AgentLine[] {
  const list = typeof events === 'number' ? Array.from({ length: events }, () => started) : events
  const lines: AgentLine[] = []
  for (const [index, event] of list.entries()) {
    const seq = (after?.seq ?? -1) + 1 + index
    const prev = lines.at(-1)?.digest ?? after?.digest ?? null
    const at = { bootId: 'boot', monoMs: seq, wallMs: 1_000 + seq }
    const fact: AgentFact = { v: 1, epoch, seq, prev, at, event }
    const line = JSON.stringify(fact)
    const runId = 'runId' in event ? event.runId : null
    lines.push({ epoch, seq, prev, digest: digestOf(line), runId, line, fact })
  }
  return lines
}
