import { type AgentEvent, CloseCode } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { readLines } from '../../src/gateway/read-lines.ts'
import { sha256 } from '../../src/secrets/secrets.ts'
import { FactWriter } from '../../src/store/sqlite/facts.ts'
import { openGateway } from '../support/gateway.ts'
import { newEpoch, textLines } from '../support/lines.ts'
import { connect } from '../support/scripted-agent.ts'

const runId = '01J00000000000000000000000'
const wide = { linkBytes: 32_000_000, allBytes: 256_000_000 }

function chain(epoch: string, events: readonly AgentEvent[]): string[] {
  let prev: string | null = null
  return events.map((event, seq) => {
    const line: string = JSON.stringify({
      v: 1,
      epoch,
      seq,
      prev,
      at: { bootId: 'b', monoMs: seq, wallMs: seq },
      event,
    })
    prev = sha256(line)
    return line
  })
}

describe('a host that sends more than its quota', () => {
  test('is acknowledged later, becomes an incident, is notified, and loses nothing', async () => {
    const quota = { burstBytes: 1_000, bytesPerSecond: 20_000, ...wide }
    const it_ = await openGateway({ quota })
    const { agent, epoch } = await connect(it_.url, await it_.newHost())
    const lines = textLines(epoch, 40)
    for (let from = 0; from < 40; from += 10) {
      agent.send({ type: 'facts', lines: lines.slice(from, from + 10) })
      await eventually(async () => expect((await agent.next('ack')).cursor.seq).toBe(from + 9))
    }
    expect((await agent.next('notice')).message).toContain('more facts than its quota')
    expect(await it_.store.incidents.ofClient(it_.clientId, 10)).toMatchObject([{ kind: 'too many facts' }])
    expect(it_.published).toHaveLength(40)
  })

  test('and does not wait for acknowledgements is cut off before it fills the memory', async () => {
    const quota = { burstBytes: 1, bytesPerSecond: 1, linkBytes: 20_000, allBytes: 1_000_000 }
    const it_ = await openGateway({ quota })
    const { agent, epoch } = await connect(it_.url, await it_.newHost())
    const lines = textLines(epoch, 300)
    for (let from = 0; from < 300; from += 10) agent.send({ type: 'facts', lines: lines.slice(from, from + 10) })
    expect(await agent.ended).toBe(CloseCode.tooManyFrames)
    expect(
      await it_.store.facts.cursor((await it_.store.hosts.ofClient(it_.clientId))[0]?.hostId ?? '', epoch),
    ).toBeNull()
  })

  test('does not slow down another host', async () => {
    const it_ = await openGateway({ quota: { burstBytes: 5_000, bytesPerSecond: 1, ...wide } })
    const loud = await connect(it_.url, await it_.newHost())
    const quiet = await connect(it_.url, await it_.newHost())
    const lines = textLines(loud.epoch, 40)
    loud.agent.send({ type: 'facts', lines: lines.slice(0, 30) })
    await loud.agent.next('ack')
    loud.agent.send({ type: 'facts', lines: lines.slice(30) })
    await loud.agent.next('notice')
    quiet.agent.send({ type: 'facts', lines: textLines(quiet.epoch, 10) })
    expect((await quiet.agent.next('ack')).cursor.seq).toBe(9)
    expect(loud.agent.frames.filter(({ type }) => type === 'ack')).toEqual([])
  })
})

describe('a host that reports more of a run than is its share', () => {
  async function aRun() {
    const it_ = await openGateway()
    const identity = await it_.newHost()
    const about = { runId, clientId: it_.clientId, drill: 'x', title: 'x', startedMs: 1, endedMs: null, summary: '' }
    const row: RunRow = {
      ...about,
      mode: 'live',
      phase: 'planned',
      outcome: null,
      effect: 'not seen',
      restoration: 'not applicable',
    }
    await it_.store.runs.create(row, null, [identity.hostId])
    const writer = new FactWriter(it_.database, { facts: 5, bytes: 1_000_000 })
    const ingest = (lines: string[]) =>
      writer.ingest({ hostId: identity.hostId, clientId: it_.clientId, facts: [...readLines(lines)], receivedMs: 1 })
    return { ...it_, writer, ingest }
  }
  const chatter: AgentEvent = {
    type: 'refused',
    runId,
    stepId: null,
    command: 'inject',
    code: 'x',
    rule: '',
    reason: 'x',
  }
  const putBack: AgentEvent = { type: 'lease.lost', runId }

  test('is kept outside the run, with one incident', async () => {
    const { ingest, store, clientId } = await aRun()
    const result = ingest(
      chain(
        newEpoch(),
        Array.from({ length: 12 }, () => chatter),
      ),
    )
    expect(result.stored).toHaveLength(5)
    expect(result.cursor.seq).toBe(11)
    expect(await store.facts.ofRun(runId)).toHaveLength(5)
    expect(await store.incidents.ofClient(clientId, 10)).toMatchObject([{ kind: 'too many facts', seq: 5 }])
  })

  test('may still report what it did and that it was rolled back', async () => {
    const { ingest, store } = await aRun()
    ingest(chain(newEpoch(), [...Array.from({ length: 12 }, () => chatter), putBack]))
    const stored = await store.facts.ofRun(runId)
    expect(stored.at(-1)?.fact.event.type).toBe('lease.lost')
    expect(stored).toHaveLength(6)
  })

  test('has the same share after the controller was restarted', async () => {
    const { ingest, database, store, clientId } = await aRun()
    ingest(
      chain(
        newEpoch(),
        Array.from({ length: 5 }, () => chatter),
      ),
    )
    const later = new FactWriter(database, { facts: 5, bytes: 1_000_000 })
    const [host] = await store.hosts.ofClient(clientId)
    const facts = [...readLines(chain(newEpoch(), [chatter]))]
    expect(later.ingest({ hostId: host?.hostId ?? '', clientId, facts, receivedMs: 2 }).stored).toEqual([])
  })

  test('is not charged for what was never committed', async () => {
    const { ingest, writer, database } = await aRun()
    const lost = database.transaction(() => {
      ingest(
        chain(
          newEpoch(),
          Array.from({ length: 5 }, () => chatter),
        ),
      )
      throw new Error('no room')
    })
    expect(() => lost()).toThrow('no room')
    writer.undone()
    expect(
      ingest(
        chain(
          newEpoch(),
          Array.from({ length: 5 }, () => chatter),
        ),
      ).stored,
    ).toHaveLength(5)
  })
})
