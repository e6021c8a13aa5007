import type { Store } from '@chaos-lite/controller'
import type { AgentEvent, ControllerEvent } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { addHost, chainOf, digestOf, newEpoch, newHostId, rowOf } from './store-fixtures.ts'

const lost = (runId: string): AgentEvent => ({ type: 'lease.lost', runId })

/** Facts: nothing lost, nothing counted twice, nothing believed that does not fit. */
export function testFacts(open: () => Store): void {
  describe('facts', () => {
    test('a batch is stored and acknowledged up to its end', async () => {
      const { hostId, clientId } = await addHost(open())
      const lines = chainOf(newEpoch(), 3)
      const result = await open().facts.ingest(hostId, clientId, lines, 7)
      expect(result.cursor).toEqual({ epoch: lines[0]?.epoch, seq: 2 })
      expect(result.stored.map((fact) => fact.fact)).toEqual(lines.map((line) => line.fact))
      expect(result).toMatchObject({ duplicates: 0, incidents: [] })
      expect(await open().facts.cursor(hostId, lines[0]?.epoch ?? '')).toEqual(result.cursor)
    })

    test('a batch that comes twice is counted once', async () => {
      const { hostId, clientId } = await addHost(open())
      const lines = chainOf(newEpoch(), 3)
      await open().facts.ingest(hostId, clientId, lines.slice(0, 2), 7)
      const again = await open().facts.ingest(hostId, clientId, lines, 8)
      expect(again).toMatchObject({ duplicates: 2, incidents: [], cursor: { seq: 2 } })
      expect(again.stored).toHaveLength(1)
    })

    test('lines that never came are one incident, and what follows them is stored', async () => {
      const { hostId, clientId } = await addHost(open())
      const lines = chainOf(newEpoch(), 8)
      await open().facts.ingest(hostId, clientId, lines.slice(0, 2), 7)
      const beyond = await open().facts.ingest(hostId, clientId, lines.slice(5, 7), 8)
      expect(beyond).toMatchObject({ cursor: { seq: 6 }, incidents: [{ kind: 'facts missing', seq: 5 }] })
      expect(beyond.stored).toHaveLength(2)
      const after = await open().facts.ingest(hostId, clientId, lines.slice(5), 9)
      expect(after).toMatchObject({ duplicates: 2, incidents: [], cursor: { seq: 7 } })
      expect(await open().incidents.ofClient(clientId, 10)).toMatchObject([
        { kind: 'facts missing', line: null, reason: expect.stringContaining('Facts 2 to 4 of this epoch never came') },
      ])
    })

    test('an epoch whose beginning never came is stored from where it begins, with an incident', async () => {
      const { hostId, clientId } = await addHost(open())
      const lines = chainOf(newEpoch(), 4)
      const result = await open().facts.ingest(hostId, clientId, lines.slice(1), 7)
      expect(result).toMatchObject({ incidents: [{ kind: 'facts missing', seq: 1 }], cursor: { seq: 3 } })
      expect(result.stored).toHaveLength(3)
    })

    test('what comes after facts that follow it is kept as an incident, and never applied', async () => {
      const { hostId, clientId } = await addHost(open())
      const lines = chainOf(newEpoch(), 6)
      await open().facts.ingest(hostId, clientId, lines.slice(4), 7)
      const late = await open().facts.ingest(hostId, clientId, lines.slice(0, 4), 8)
      expect(late).toMatchObject({ stored: [], duplicates: 0, cursor: { seq: 3 } })
      expect(late.incidents.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'chain broken'))
      expect(await open().facts.cursor(hostId, lines[0]?.epoch ?? '')).toMatchObject({ seq: 5 })
      expect((await open().incidents.ofClient(clientId, 10)).at(-2)).toMatchObject({ line: lines[0]?.line })
    })

    test('the same key with another content is an incident: the first stands, the bytes of the second are kept', async () => {
      const { hostId, clientId } = await addHost(open())
      const epoch = newEpoch()
      const [first, second] = chainOf(epoch, 2)
      const other = chainOf(epoch, [{ type: 'agent.started', version: '9', openRecords: 1, journal: 'unreadable' }])
      if (!first || !second || !other[0]) throw new Error('no lines')
      await open().facts.ingest(hostId, clientId, [first, second], 7)
      const result = await open().facts.ingest(hostId, clientId, other, 8)
      expect(result).toMatchObject({ stored: [], cursor: { seq: 0 } })
      expect(result.incidents).toMatchObject([{ epoch, seq: 0 }])
      const incidents = await open().incidents.ofClient(clientId, 10)
      expect(incidents).toMatchObject([{ hostId, kind: 'key reused', digest: other[0].digest, line: other[0].line }])
      expect(await open().facts.cursor(hostId, epoch)).toEqual({ epoch, seq: 1 })
    })

    test('the same incident seen again is one incident', async () => {
      const { hostId, clientId } = await addHost(open())
      const epoch = newEpoch()
      await open().facts.ingest(hostId, clientId, chainOf(epoch, 1), 7)
      const other = chainOf(epoch, [lost('01HZZZZZZZZZZZZZZZZZZZZZZZ')])
      await open().facts.ingest(hostId, clientId, other, 8)
      await open().facts.ingest(hostId, clientId, other, 9)
      expect(await open().incidents.ofClient(clientId, 10)).toHaveLength(1)
    })

    test('a line that does not continue the stored chain is an incident; it is stored, and the chain goes on from it', async () => {
      const { hostId, clientId } = await addHost(open())
      const epoch = newEpoch()
      await open().facts.ingest(hostId, clientId, chainOf(epoch, 2), 7)
      const stray = chainOf(epoch, 1, { seq: 1, digest: digestOf('another past') })
      const result = await open().facts.ingest(hostId, clientId, stray, 8)
      expect(result).toMatchObject({ cursor: { seq: 2 }, incidents: [{ kind: 'chain broken', seq: 2 }] })
      expect(result.stored).toHaveLength(1)
      const next = chainOf(epoch, 1, { seq: 2, digest: stray[0]?.digest ?? digestOf('') })
      await expect(open().facts.ingest(hostId, clientId, next, 9)).resolves.toMatchObject({ incidents: [] })
    })

    test('epochs of one host are separate chains', async () => {
      const { hostId, clientId } = await addHost(open())
      const [one, two] = [newEpoch(), newEpoch()]
      await open().facts.ingest(hostId, clientId, chainOf(one, 3), 7)
      await open().facts.ingest(hostId, clientId, chainOf(two, 1), 8)
      expect(await open().facts.cursor(hostId, one)).toMatchObject({ seq: 2 })
      expect(await open().facts.cursor(hostId, two)).toMatchObject({ seq: 0 })
      expect(await open().facts.cursor(hostId, newEpoch())).toBeNull()
    })

    test('two hosts may use the same epoch and number without meeting', async () => {
      const [a, b] = [await addHost(open()), await addHost(open())]
      const epoch = newEpoch()
      await open().facts.ingest(a.hostId, a.clientId, chainOf(epoch, 1), 7)
      const result = await open().facts.ingest(b.hostId, b.clientId, chainOf(epoch, 1), 7)
      expect(result.stored).toHaveLength(1)
    })

    test('a host reports only of runs that it takes part in: a foreign one is kept outside the run, as an incident', async () => {
      const [ours, stranger] = [await addHost(open()), await addHost(open())]
      const row = rowOf(ours.clientId)
      await open().runs.create(row, null, [ours.hostId])
      await open().facts.ingest(ours.hostId, ours.clientId, chainOf(newEpoch(), [lost(row.runId)]), 7)
      const forged = chainOf(newEpoch(), [lost(row.runId)])
      const result = await open().facts.ingest(stranger.hostId, stranger.clientId, forged, 8)
      expect(result).toMatchObject({ stored: [], cursor: { seq: 0 }, incidents: [{ seq: 0 }] })
      expect(await open().facts.ofRun(row.runId)).toMatchObject([{ source: 'agent', hostId: ours.hostId }])
      expect(await open().incidents.ofClient(ours.clientId, 10)).toMatchObject([{ kind: 'foreign run' }])
    })

    test('facts of a run come back in the order of their commits, parsed and as exact bytes', async () => {
      const { hostId, clientId } = await addHost(open())
      const row = rowOf(clientId)
      await open().runs.create(row, null, [hostId])
      const event: ControllerEvent = { type: 'phase.entered', runId: row.runId, phase: 'baseline' }
      const fact = { v: 1, epoch: newEpoch(), seq: 0, prev: null, at: { bootId: 'b', monoMs: 1, wallMs: 2 }, event }
      const line = JSON.stringify(fact)
      const { epoch, seq } = fact
      await open().facts.append(
        clientId,
        [{ epoch, seq, prev: null, digest: digestOf(line), runId: row.runId, line, event }],
        5,
      )
      const [theirs] = chainOf(newEpoch(), [lost(row.runId)])
      if (!theirs) throw new Error('no line')
      await open().facts.ingest(hostId, clientId, [theirs], 6)
      expect(await open().facts.ofRun(row.runId)).toEqual([
        { source: 'controller', fact, receivedMs: 5 },
        { source: 'agent', hostId, fact: theirs.fact, receivedMs: 6 },
      ])
      expect(await open().facts.linesOfRun(row.runId)).toEqual([
        { source: 'controller', hostId: null, receivedMs: 5, digest: digestOf(line), line },
        { source: 'agent', hostId, receivedMs: 6, digest: theirs.digest, line: theirs.line },
      ])
    })

    test('the controller cannot write the same fact twice', async () => {
      const { clientId } = await open().clients.first()
      const event: ControllerEvent = { type: 'controller.restarted', runId: rowOf(clientId).runId }
      const one = { epoch: newEpoch(), seq: 0, prev: null, digest: digestOf('x'), runId: null, line: 'x', event }
      await open().facts.append(clientId, [one], 1)
      await expect(open().facts.append(clientId, [one], 2)).rejects.toThrow()
    })

    test('many agents at once: each gets its own acknowledgement, and a bad batch spoils nobody else’s', async () => {
      const hosts = await Promise.all(Array.from({ length: 20 }, () => addHost(open())))
      const results = await Promise.allSettled(
        hosts.map(({ hostId, clientId }, index) => {
          const lines = chainOf(newEpoch(), 10)
          return open().facts.ingest(hostId, clientId, index === 7 ? [] : lines, 7)
        }),
      )
      expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1)
      expect(results[7]).toMatchObject({ status: 'rejected', reason: { code: 'request-invalid' } })
      expect(results[8]).toMatchObject({ status: 'fulfilled', value: { cursor: { seq: 9 } } })
    })

    test('facts of a host that nobody knows belong to no client and are refused', async () => {
      await expect(open().facts.ingest(newHostId(), rowOf('none').runId, chainOf(newEpoch(), 1), 7)).rejects.toThrow()
    })
  })
}
