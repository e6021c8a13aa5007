import {
  ChaosError,
  CloseCode,
  Command,
  commandText,
  LEASE_TTL_MS,
  MAX_FRAME_BYTES,
  type Order,
  SEAL_CHARS,
} from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { verified } from '../../src/gateway/keys.ts'
import { sha256 } from '../../src/secrets/secrets.ts'
import { openGateway } from '../support/gateway.ts'
import { newEpoch, textLines } from '../support/lines.ts'
import { connect, ScriptedAgent } from '../support/scripted-agent.ts'

const runId = '01HZZZZZZZZZZZZZZZZZZZZZZZ'
const order: Order = { name: 'run.close', runId }

async function live(options: Parameters<typeof openGateway>[0] = {}) {
  const opened = await openGateway(options)
  const identity = await opened.newHost()
  return { ...opened, identity, ...(await connect(opened.url, identity)) }
}

describe('facts', () => {
  test('are acknowledged once they are stored, as the exact bytes', async () => {
    const { agent, store, identity, published, database } = await live()
    const epoch = newEpoch()
    const lines = textLines(epoch, 3)
    agent.send({ type: 'facts', lines })
    expect((await agent.next('ack')).cursor).toEqual({ epoch, seq: 2 })
    expect(await store.facts.cursor(identity.hostId, epoch)).toEqual({ epoch, seq: 2 })
    expect(database.prepare('SELECT line FROM facts ORDER BY seq').pluck().all()).toEqual(lines)
    expect(published).toHaveLength(3)
  })

  test('sent again are acknowledged again and stored once', async () => {
    const { agent, published } = await live()
    const lines = textLines(newEpoch(), 3)
    agent.send({ type: 'facts', lines: lines.slice(0, 2) })
    await agent.next('ack')
    agent.send({ type: 'facts', lines })
    expect((await agent.next('ack')).cursor.seq).toBe(2)
    expect(published).toHaveLength(3)
  })

  test('the welcome says where the same process left off', async () => {
    const { agent, url, identity, epoch } = await live()
    agent.send({ type: 'facts', lines: textLines(epoch, 5) })
    await agent.next('ack')
    agent.ws.terminate()
    expect((await connect(url, identity, epoch)).cursor).toEqual({ epoch, seq: 4 })
  })

  test('of many frames in a row all are acknowledged, in order', async () => {
    const { agent } = await live()
    const epoch = newEpoch()
    for (const line of textLines(epoch, 300)) agent.send({ type: 'facts', lines: [line] })
    const seqs: number[] = []
    while (seqs.at(-1) !== 299) seqs.push((await agent.next('ack')).cursor.seq)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
  })

  const epoch = newEpoch()
  const good = textLines(epoch, 4)
  const [first = '', second = '', third = ''] = good
  const wrong = {
    'not JSON': [['{'], CloseCode.malformedFrame],
    'of an unknown type': [[first.replace('agent.started', 'agent.bribed')], CloseCode.malformedFrame],
    'with an unknown key': [[first.replace('"v":1', '"v":1,"admin":true')], CloseCode.malformedFrame],
    'with control characters in a text': [[first.replace('0.1.0', '\\u001b[31m')], CloseCode.malformedFrame],
    'with a number left out': [[first, third], CloseCode.outOfOrder],
    'twice in one frame': [[first, first], CloseCode.outOfOrder],
    backwards: [[second, first], CloseCode.outOfOrder],
    'of two epochs in one frame': [[first, ...textLines(newEpoch(), 1)], CloseCode.outOfOrder],
    'that name another predecessor': [[first, second.replace(sha256(first), sha256('x'))], CloseCode.outOfOrder],
    'whose first has a predecessor': [[first.replace('"prev":null', `"prev":"${sha256('x')}"`)], CloseCode.outOfOrder],
  } satisfies Record<string, [string[], number]>

  test.each(Object.entries(wrong))('%s close the link, and nothing is stored', async (_what, [lines, code]) => {
    const { agent, database, published } = await live()
    agent.send({ type: 'facts', lines })
    expect(await agent.ended).toBe(code)
    expect(database.prepare('SELECT count(*) FROM facts').pluck().get()).toBe(0)
    expect(published).toEqual([])
  })

  test('with a used key and other content are an incident, kept and acknowledged, and never published', async () => {
    const { agent, store, clientId, published } = await live()
    agent.send({ type: 'facts', lines: [first] })
    await agent.next('ack')
    agent.send({ type: 'facts', lines: [first.replace('"openRecords":0', '"openRecords":1')] })
    expect((await agent.next('ack')).cursor).toEqual({ epoch, seq: 0 })
    expect(await store.incidents.ofClient(clientId, 10)).toMatchObject([{ kind: 'key reused', seq: 0 }])
    expect(published).toHaveLength(1)
  })

  test('whose predecessors never came are stored and acknowledged, with an incident that the host is notified of', async () => {
    const { agent, store, clientId, published } = await live()
    agent.send({ type: 'facts', lines: [third] })
    expect((await agent.next('ack')).cursor).toEqual({ epoch, seq: 2 })
    expect((await agent.next('notice')).message).toContain('Facts 0 to 1 of this epoch never came')
    expect(await store.incidents.ofClient(clientId, 10)).toMatchObject([{ kind: 'facts missing', seq: 2 }])
    expect(published).toHaveLength(1)
    agent.send({ type: 'facts', lines: [good[3] ?? ''] })
    expect((await agent.next('ack')).cursor).toEqual({ epoch, seq: 3 })
  })

  test('a host that finds itself restored from a snapshot says so as it leaves, and that is an incident', async () => {
    const { agent, store, clientId, identity } = await live()
    agent.ws.close(CloseCode.putBack)
    await eventually(async () =>
      expect(await store.incidents.ofClient(clientId, 10)).toMatchObject([
        { kind: 'put back', hostId: identity.hostId },
      ]),
    )
  })

  test.each(['wrong-state', 'request-invalid', 'internal'] as const)(
    'that this controller fails to store (%s) are no fault of the agent, and are not reported as one',
    async (code) => {
      const refused: unknown[] = []
      const ingest = () => Promise.reject(new ChaosError(code, 'Trouble of the controller.'))
      const { agent } = await live({ ingest, onRefused: () => refused.push(1) })
      agent.send({ type: 'facts', lines: textLines(newEpoch(), 2) })
      expect(await agent.ended).toBe(CloseCode.internal)
      expect(refused).toEqual([])
    },
  )

  test('are stored later when somebody has made the database read-only meanwhile; the link stays', async () => {
    const { agent, database, store } = await live({ retryMs: 10 })
    database.pragma('query_only = ON')
    agent.send({ type: 'facts', lines: textLines(newEpoch(), 2) })
    await eventually(() => expect(store.failing()).toBe('SQLITE_READONLY'))
    expect(agent.ws.readyState).toBe(agent.ws.OPEN)
    database.pragma('query_only = OFF')
    expect((await agent.next('ack')).cursor.seq).toBe(1)
  })

  test('are not acknowledged while the disk is full, and nothing is lost once there is room', async () => {
    const { agent, database, gateway, identity } = await live({ retryMs: 10 })
    const pages = database.pragma('page_count', { simple: true }) as number
    database.pragma(`max_page_count = ${pages + 1}`)
    agent.send({ type: 'facts', lines: textLines(newEpoch(), 500) })
    // The link stays, so that stopping still works meanwhile.
    const asked = gateway.order(identity.hostId, order, { expiresInMs: 5_000 })
    const { payload } = await agent.next('command')
    agent.send({
      type: 'answer',
      commandId: Command.parse(JSON.parse(payload)).commandId,
      answer: { ok: true, prepared: null },
    })
    await asked
    expect(agent.frames.filter((frame) => frame.type === 'ack')).toEqual([])
    database.pragma('max_page_count = 1000000')
    expect((await agent.next('ack')).cursor.seq).toBe(499)
  })
})

describe('a frame', () => {
  test.each([
    ['that is binary', Buffer.from('{}')],
    ['that is not JSON', 'hello'],
    ['of an unknown type', '{"type":"shell","command":"id"}'],
    ['with an unknown key', '{"type":"clock","id":0,"bootId":"b","receivedMonoMs":0,"sentMonoMs":0,"wallMs":0,"x":1}'],
    ['that is an array', '[]'],
    ['of empty facts', '{"type":"facts","lines":[]}'],
  ])('%s closes the link', async (_what, data) => {
    const { agent } = await live()
    if (typeof data === 'string') agent.sealed(data)
    else agent.raw(data)
    expect(await agent.ended).toBe(CloseCode.malformedFrame)
  })

  test('that is too large closes the link', async () => {
    const { agent } = await live()
    agent.raw(JSON.stringify({ type: 'facts', lines: ['x'.repeat(MAX_FRAME_BYTES)] }))
    expect(await agent.ended).toBe(CloseCode.frameTooLarge)
  })

  test.each(['enrol', 'hello', 'proof'] as const)(
    'of the handshake (%s) closes a link that is through it',
    async (type) => {
      const { agent, token } = await live()
      const signature = `${'A'.repeat(86)}==`
      if (type === 'proof') agent.send({ type, signature })
      const nonce = '0'.repeat(64)
      const publicKey = `${'A'.repeat(43)}=`
      const hello = { hostId: `h-${'0'.repeat(24)}`, epoch: newEpoch(), nonce, agreement: publicKey, version: '1' }
      if (type === 'hello') agent.send({ type, ...hello })
      if (type === 'enrol') agent.send({ type, token: await token(), publicKey, hostname: 'x', labels: {} })
      expect(await agent.ended).toBe(CloseCode.outOfOrder)
    },
  )

  test('too many of them close the link', async () => {
    const { agent } = await live()
    const clock = JSON.stringify({ type: 'clock', id: 9e9, bootId: 'b', receivedMonoMs: 0, sentMonoMs: 0, wallMs: 0 })
    for (let n = 0; n < 20_000 && agent.ws.readyState === agent.ws.OPEN; n += 1) agent.raw(clock)
    expect(await agent.ended).toBe(CloseCode.tooManyFrames)
  })

  test('whatever it holds, an unproved one never does more than close its own link', async () => {
    const { url, store, clientId, gateway, database } = await openGateway()
    const json = fc.json().map(String)
    const typed = fc
      .record({
        type: fc.constantFrom('enrol', 'hello', 'proof', 'facts', 'inventory', 'answer', 'clock'),
        lines: fc.anything(),
      })
      .map((frame) => JSON.stringify(frame) ?? '')
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, typed, fc.string(), fc.uint8Array().map(Buffer.from)), async (data) => {
        const agent = new ScriptedAgent(url)
        await agent.opened
        agent.raw(data)
        const code = await agent.ended
        agent.ws.terminate()
        expect([CloseCode.malformedFrame, CloseCode.outOfOrder]).toContain(code)
      }),
      { numRuns: 60 },
    )
    expect(gateway.online()).toEqual([])
    expect(await store.hosts.ofClient(clientId)).toEqual([])
    expect(database.prepare('SELECT count(*) FROM facts').pluck().get()).toBe(0)
  })
})

describe('the seal', () => {
  const clock = { type: 'clock', id: 9e9, bootId: 'b', receivedMonoMs: 0, sentMonoMs: 0, wallMs: 0 } as const
  const ack = (agent: ScriptedAgent) => {
    agent.send({ type: 'facts', lines: textLines(newEpoch(), 1) })
    return agent.next('ack')
  }

  test('goes with every frame but the comparison of clocks', async () => {
    const { agent } = await live()
    agent.raw(JSON.stringify(clock))
    await ack(agent)
    agent.sealed(JSON.stringify({ ...clock, id: 1 }))
    await ack(agent)
  })

  /** What whoever carries the frames can do without the key. */
  const meddled: Record<string, (agent: ScriptedAgent, text: string) => void> = {
    'has no seal': (agent, text) => agent.raw(text),
    'has a seal that was made up': (agent, text) => agent.raw(`${'A'.repeat(SEAL_CHARS)}${text}`),
    'comes twice': (agent, text) => {
      const frame = agent.seal?.close(text) ?? ''
      agent.raw(frame)
      agent.raw(frame)
    },
    'was changed': (agent, text) => agent.raw(agent.seal?.close(text).replace('agent.started', 'agent.startee') ?? ''),
    'comes after one that was left out': (agent, text) => {
      agent.seal?.close(text)
      agent.sealed(text)
    },
    'is no JSON either': (agent) => agent.raw('hello'),
  }

  test.each(Object.entries(meddled))('a frame that %s closes the link and is an incident', async (what, meddle) => {
    const { agent, store, clientId, identity, database } = await live()
    meddle(agent, JSON.stringify({ type: 'facts', lines: textLines(newEpoch(), 1) }))
    expect(await agent.ended).toBe(CloseCode.brokenSeal)
    const kept = async () =>
      (await store.incidents.ofClient(clientId, 10)).map(({ kind, hostId }) => ({ kind, hostId }))
    await eventually(async () => expect(await kept()).toEqual([{ kind: 'forged frame', hostId: identity.hostId }]))
    const most = what === 'comes twice' ? 1 : 0
    expect(database.prepare('SELECT count(*) FROM facts').pluck().get()).toBeLessThanOrEqual(most)
  })

  test('that the host found broken is an incident as well', async () => {
    const { agent, store, clientId } = await live()
    agent.ws.close(CloseCode.brokenSeal)
    await eventually(async () =>
      expect(await store.incidents.ofClient(clientId, 10)).toMatchObject([{ kind: 'forged frame' }]),
    )
  })

  test('of one connection is worth nothing on another', async () => {
    const { agent, url, identity, epoch } = await live()
    const frame = agent.seal?.close(JSON.stringify({ type: 'facts', lines: textLines(newEpoch(), 1) })) ?? ''
    agent.ws.terminate()
    const back = await connect(url, identity, epoch)
    back.agent.raw(frame)
    expect(await back.agent.ended).toBe(CloseCode.brokenSeal)
  })
})

describe('an order', () => {
  test('is signed for this host and bound to this session; its answer comes back', async () => {
    const { agent, gateway, identity, session, key } = await live()
    const asked = gateway.order(identity.hostId, order, { expiresInMs: 5_000 })
    const { payload, signature } = await agent.next('command')
    expect(verified(commandText(identity.hostId, payload), signature, key.publicKey)).toBe(true)
    expect(verified(commandText('another host', payload), signature, key.publicKey)).toBe(false)
    const command = Command.parse(JSON.parse(payload))
    expect(command).toMatchObject({ session, order, expiresInMs: 5_000 })
    const answer = { ok: false, code: 'not-there', reason: 'no such run', rule: null } as const
    agent.send({ type: 'answer', commandId: command.commandId, answer })
    expect(await asked).toEqual(answer)
  })

  test('that nobody answers expires', async () => {
    const { gateway, identity } = await live()
    await expect(gateway.order(identity.hostId, order, { expiresInMs: 20 })).rejects.toMatchObject({
      code: 'timed-out',
    })
  })

  test('ends when the link breaks, or when the asker gives up', async () => {
    const { agent, gateway, identity } = await live()
    const stop = new AbortController()
    const given = gateway.order(identity.hostId, order, { expiresInMs: 60_000, signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    const asked = gateway.order(identity.hostId, order, { expiresInMs: 60_000 })
    agent.ws.terminate()
    await expect(asked).rejects.toMatchObject({ code: 'host-offline' })
    await expect(gateway.order(identity.hostId, order, { expiresInMs: 1 })).rejects.toMatchObject({
      code: 'host-offline',
    })
  })

  test('a late or invented answer is ignored', async () => {
    const { agent, gateway, identity } = await live()
    agent.send({ type: 'answer', commandId: runId, answer: { ok: true, prepared: null } })
    const asked = gateway.order(identity.hostId, order, { expiresInMs: 5_000 })
    const { commandId } = Command.parse(JSON.parse((await agent.next('command')).payload))
    agent.send({ type: 'answer', commandId, answer: { ok: true, prepared: null } })
    agent.send({ type: 'answer', commandId, answer: { ok: false, code: 'x', reason: 'y', rule: null } })
    expect(await asked).toEqual({ ok: true, prepared: null })
    expect(gateway.isOnline(identity.hostId)).toBe(true)
  })
})

describe('the lease', () => {
  /** Frames are answered in order: what was not granted by now never will be. */
  const nothingGranted = async (agent: ScriptedAgent) => {
    agent.send({ type: 'facts', lines: textLines(newEpoch(), 1) })
    await agent.next('ack')
    expect(agent.frames.filter(({ type }) => type === 'lease')).toEqual([])
  }

  test('is granted whenever the host asks, and says which question it answers', async () => {
    const { agent, gateway, identity } = await live()
    gateway.renewLease(identity.hostId, runId, true)
    for (let ask = 1; ask < 4; ask += 1) {
      agent.send({ type: 'lease', runId, ask })
      expect(await agent.next('lease')).toEqual({ type: 'lease', runId, ask, ttlMs: LEASE_TTL_MS })
    }
  })

  test('is granted to nobody who does not ask, nor for another run, nor once the run was let go', async () => {
    const { agent, gateway, identity } = await live()
    gateway.renewLease(identity.hostId, runId, true)
    await nothingGranted(agent)
    agent.send({ type: 'lease', runId: '01HZZZZZZZZZZZZZZZZZZZZZZY', ask: 1 })
    await nothingGranted(agent)
    gateway.renewLease(identity.hostId, runId, false)
    agent.send({ type: 'lease', runId, ask: 2 })
    await nothingGranted(agent)
  })

  test('goes on over a new link of the host', async () => {
    const { agent, gateway, identity, url, epoch } = await live()
    gateway.renewLease(identity.hostId, runId, true)
    agent.ws.terminate()
    const back = await connect(url, identity, epoch)
    back.agent.send({ type: 'lease', runId, ask: 9 })
    expect(await back.agent.next('lease')).toMatchObject({ ask: 9 })
  })
})

describe('the clock', () => {
  test('the offset is right within its bound', async () => {
    const { agent, gateway, identity, clock } = await live()
    const trueOffsetMs = 1_234_567
    agent.ws.on('message', (data) => {
      const frame = JSON.parse(String(data))
      if (frame.type !== 'clock') return
      const monoMs = clock.nowMs() - trueOffsetMs
      agent.send({ type: 'clock', id: frame.id, bootId: 'b', receivedMonoMs: monoMs, sentMonoMs: monoMs, wallMs: 0 })
    })
    const { offsetMs, boundMs } = await gateway.measureClock(identity.hostId)
    expect(Math.abs(offsetMs - trueOffsetMs)).toBeLessThanOrEqual(boundMs + 0.5)
    expect(gateway.clock(identity.hostId)).toMatchObject({ bootId: 'b' })
  })

  test('of a host that is not there is not known', async () => {
    const { gateway } = await openGateway()
    expect(gateway.clock('h-0')).toBeNull()
    await expect(gateway.measureClock('h-0')).rejects.toMatchObject({ code: 'host-offline' })
  })
})

describe('live samples', () => {
  const sample = { runId, probeId: 'erp', monoMs: 5, tookMs: 1, status: 'up', value: { code: 200 } } as const

  test('are asked for while somebody watches, and only then handed on', async () => {
    const { agent, gateway, identity } = await live()
    const heard: unknown[] = []
    gateway.listen({ sample: (one) => heard.push(one) })
    agent.send({ type: 'sample', ...sample })
    // Frames are handled in order: once these facts are acknowledged, the sample has been looked at.
    agent.send({ type: 'facts', lines: textLines(newEpoch(), 1) })
    await agent.next('ack')
    gateway.watch(identity.hostId, runId, true)
    expect(await agent.next('watch')).toEqual({ type: 'watch', runId, on: true })
    agent.send({ type: 'sample', ...sample, monoMs: 6 })
    await eventually(() => expect(heard).toEqual([{ hostId: identity.hostId, ...sample, monoMs: 6 }]))
    gateway.watch(identity.hostId, runId, false)
    expect(await agent.next('watch')).toMatchObject({ on: false })
  })
})

describe('the end', () => {
  test('closing asks every agent to reconnect later', async () => {
    const { agent, gateway, identity } = await live()
    const offline: string[] = []
    gateway.listen({ offline: (hostId) => offline.push(hostId) })
    await gateway.close()
    expect(await agent.ended).toBe(CloseCode.shuttingDown)
    expect(offline).toEqual([identity.hostId])
  })
})
