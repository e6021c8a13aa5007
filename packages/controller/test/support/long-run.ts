import { createHash, randomBytes } from 'node:crypto'
import type { AgentEvent, AgentFact, Plan } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import type { StoredRunBook } from '../../src/services/book.ts'
import { rowOf as runRow } from '../../src/services/run-row.ts'
import type { AgentLine, Store } from '../../src/store/store.ts'

const BATCH = 1_000

/** Adds hosts to a store, and one ended run in which each of them reported as many facts; resolves with the run's id. */
export async function addLongRun(
  store: Store,
  book: Pick<StoredRunBook, 'begin' | 'record'>,
  { hosts, factsPerHost }: { readonly hosts: number; readonly factsPerHost: number },
): Promise<string> {
  const { clientId } = await store.clients.first()
  const hostIds = Array.from({ length: hosts }, () => `h-${randomBytes(12).toString('hex')}`)
  for (const hostId of hostIds) {
    await store.hosts.add({
      ...{ hostId, clientId, name: hostId, labels: {}, state: 'approved', publicKey: hostId, enrolledMs: 1 },
      ...{ lastSeenMs: null, inventory: null },
    })
  }
  const runId = ulid()
  await book.begin(runId, planOf(clientId, hostIds), 'ada')
  for (const hostId of hostIds) {
    const epoch = randomBytes(16).toString('hex')
    let last: AgentLine | null = null
    for (let from = 0; from < factsPerHost; from += BATCH) {
      const lines = chain(runId, epoch, from, Math.min(BATCH, factsPerHost - from), last)
      await store.facts.ingest(hostId, clientId, lines, 1_000)
      last = lines.at(-1) ?? null
    }
  }
  const reasons = ['it was long']
  const end = { outcome: 'aborted', effect: 'not seen', restoration: 'not applicable' } as const
  const run = await book.record({ type: 'run.ended', runId, ...end, reasons })
  await store.runs.update(runRow(run, 1))
  return runId
}

function planOf(clientId: string, hostIds: string[]): Plan {
  return {
    ...{ planId: ulid(), clientId, drill: 'long', drillVersion: 1, drillDigest: digestOf('long'), title: 'Long' },
    ...{ why: 'It is long.', kind: 'check', mode: 'live', params: {}, groups: { all: hostIds } },
    hosts: hostIds.map((hostId) => ({ hostId, name: hostId, labels: {} })),
    probes: [
      { ...{ probeId: 'answers', role: 'steady', probe: 'http', hostIds, params: {}, everyMs: 1_000 }, expect: null },
    ],
    ...{
      steps: [],
      objectives: {},
      abort: [],
      release: 'early',
      controls: [],
      worstCaseMs: 0,
      digest: digestOf('plan'),
    },
  }
}

function chain(runId: string, epoch: string, from: number, count: number, before: AgentLine | null): AgentLine[] {
  const lines: AgentLine[] = []
  for (let seq = from; seq < from + count; seq += 1) {
    const prev = (lines.at(-1) ?? before)?.digest ?? null
    const event: AgentEvent = {
      ...{ type: 'probe.changed', runId, probeId: 'answers', status: seq % 2 === 0 ? 'up' : 'down' },
      ...{ value: { peer: '192.0.2.7', status: 200, tookMs: 3 }, message: null },
      ...{ lastOtherMonoMs: seq === 0 ? null : seq * 10 - 5, firstSeenMonoMs: seq * 10 },
    }
    const fact: AgentFact = { v: 1, epoch, seq, prev, at: { bootId: 'boot', monoMs: seq * 10, wallMs: seq }, event }
    const line = JSON.stringify(fact)
    lines.push({ epoch, seq, prev, digest: digestOf(line), runId, line, fact })
  }
  return lines
}

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
