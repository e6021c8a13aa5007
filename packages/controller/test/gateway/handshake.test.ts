import { randomBytes, sign } from 'node:crypto'
import { CloseCode, challengeText } from '@chaos-lite/shared'
import { Agreement } from '@chaos-lite/shared/sealed'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { whoAsks } from '../../src/asking/who-asks.ts'
import { verified } from '../../src/gateway/keys.ts'
import { openGateway } from '../support/gateway.ts'
import { newEpoch, textLines } from '../support/lines.ts'
import { connect, enrol, newKey, prove, ScriptedAgent } from '../support/scripted-agent.ts'

const nonce = () => randomBytes(32).toString('hex')
const hello = (hostId: string) =>
  ({
    type: 'hello',
    ...{ hostId, epoch: newEpoch(), nonce: nonce(), version: '1' },
    agreement: new Agreement().publicKey,
  }) as const

describe('the upgrade', () => {
  test('a browser is refused, because agents send no Origin', async () => {
    const { url } = await openGateway()
    const agent = new ScriptedAgent(url, { ws: { origin: 'http://127.0.0.1:8321' } })
    expect(await agent.ended).toBe('HTTP 403')
  })

  test('another subprotocol is refused', async () => {
    const { url } = await openGateway()
    expect(await new ScriptedAgent(url, { protocols: ['chaos-lite.v0'] }).ended).toBe('HTTP 400')
    expect(await new ScriptedAgent(url, { protocols: [] }).ended).toBe('HTTP 400')
  })

  test('strangers hold only so many connections open: the oldest silent one goes, and no host that proved itself', async () => {
    const { url, newHost } = await openGateway({ limits: { total: 2, perNetwork: 2 }, firstFrameMs: 60_000 })
    const identity = await newHost()
    const { agent } = await connect(url, identity)
    const [first, second] = [new ScriptedAgent(url), new ScriptedAgent(url)]
    await first.opened
    await second.opened
    const third = new ScriptedAgent(url)
    await third.opened
    expect(await first.ended).toBe(1006)
    expect([second, third, agent].map(({ ws }) => ws.readyState)).toEqual([1, 1, 1])
  })

  test('256 silent sockets of four networks keep no host out', async () => {
    const proxied = whoAsks(['loopback'])
    const { url, newHost } = await openGateway({ whoAsks: proxied, firstFrameMs: 60_000 })
    const identity = await newHost()
    const from = (n: number) => ({ ws: { headers: { 'x-forwarded-for': `192.0.2.${n % 4}` } } })
    const silent = Array.from({ length: 256 }, (_, n) => new ScriptedAgent(url, from(n)))
    await Promise.all(silent.map(({ opened }) => opened))
    expect((await connect(url, identity)).agent.ws.readyState).toBe(1)
  })

  test('who says nothing is closed', async () => {
    const { url } = await openGateway({ firstFrameMs: 50, handshakeMs: 60_000 })
    expect(await new ScriptedAgent(url).ended).toBe(CloseCode.handshakeTimeout)
  })
})

describe('a second agent with the same key', () => {
  test('becomes an incident each time, but not without end', async () => {
    const { url, store, clientId, newHost } = await openGateway()
    const identity = await newHost()
    await connect(url, identity)
    for (let times = 0; times < 14; times += 1) {
      expect(await (await prove(url, identity)).ended).toBe(CloseCode.duplicateAgent)
    }
    expect(await store.incidents.ofClient(clientId, 100)).toHaveLength(10)
  })
})

describe('enrolment', () => {
  test('a token lets one host in with the labels of the token; what the host says of itself is a proposal', async () => {
    const { url, store, token, key } = await openGateway()
    const identity = await enrol(url, await token(), { site: 'forged', role: 'standby' }, 'srv-01')
    expect(identity.controllerKey).toBe(key.publicKey)
    const host = await store.hosts.byId(identity.hostId)
    expect(host).toMatchObject({ state: 'approved', name: 'srv-01', labels: { site: 'b' } })
    expect(host?.proposedLabels).toEqual({ role: 'standby' })
    expect(host?.publicKey).toBe(identity.publicKey)
  })

  test('a token works once', async () => {
    const { url, token } = await openGateway()
    const once = await token()
    await enrol(url, once)
    await expect(enrol(url, once)).rejects.toThrow(String(CloseCode.enrolmentRefused))
  })

  test('a token works once, also when many come with it at the same moment', async () => {
    const { url, store, clientId, token } = await openGateway()
    const once = await token()
    const came = await Promise.allSettled(Array.from({ length: 8 }, () => enrol(url, once)))
    expect(came.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await store.hosts.ofClient(clientId)).toHaveLength(1)
  })

  test('an unknown token is refused', async () => {
    const { url } = await openGateway()
    const unknown = randomBytes(32).toString('base64url')
    await expect(enrol(url, unknown)).rejects.toThrow(String(CloseCode.enrolmentRefused))
  })

  test('a key that is enrolled already is refused', async () => {
    const { url, token, newHost } = await openGateway()
    const { publicKey } = await newHost()
    const agent = new ScriptedAgent(url)
    await agent.opened
    agent.send({ type: 'enrol', token: await token(), publicKey, hostname: 'clone', labels: {} })
    expect(await agent.ended).toBe(CloseCode.enrolmentRefused)
  })

  test('a host may say hello on the connection on which it enrolled', async () => {
    const { url, token } = await openGateway()
    const agent = new ScriptedAgent(url)
    await agent.opened
    agent.send({ type: 'enrol', token: await token(), publicKey: newKey().publicKey, hostname: 'a', labels: {} })
    const { hostId } = await agent.next('enrolled')
    agent.send(hello(hostId))
    await agent.next('challenge')
  })
})

describe('the mutual challenge', () => {
  test('the controller proves itself first, over both nonces and both agreement keys', async () => {
    const { url, newHost, key } = await openGateway()
    const { hostId } = await newHost()
    const agent = new ScriptedAgent(url)
    await agent.opened
    const said = hello(hostId)
    agent.send(said)
    const { nonce: controllerNonce, agreement: controllerAgreement, signature } = await agent.next('challenge')
    const greetings = { hostId, agentNonce: said.nonce, controllerNonce, controllerAgreement }
    const text = challengeText('controller', { ...greetings, agentAgreement: said.agreement })
    expect(verified(text, signature, key.publicKey)).toBe(true)
    const swapped = challengeText('controller', { ...greetings, agentAgreement: hello(hostId).agreement })
    expect(verified(swapped, signature, key.publicKey)).toBe(false)
  })

  test('a host that proves its key is welcomed', async () => {
    const { url, newHost, gateway } = await openGateway()
    const identity = await newHost()
    const { cursor, session } = await connect(url, identity)
    expect(cursor).toBeNull()
    expect(session).toMatch(/^[0-9a-f]{64}$/)
    expect(gateway.isOnline(identity.hostId)).toBe(true)
  })

  test('another key is refused', async () => {
    const { url, newHost, gateway } = await openGateway()
    const identity = { ...(await newHost()), ...newKey() }
    expect(await (await prove(url, identity)).ended).toBe(CloseCode.notAuthenticated)
    expect(gateway.isOnline(identity.hostId)).toBe(false)
  })

  test('a proof for another host is refused', async () => {
    const { url, newHost } = await openGateway()
    const [mine, other] = [await newHost(), await newHost()]
    expect(await (await prove(url, { ...mine, hostId: other.hostId })).ended).toBe(CloseCode.notAuthenticated)
  })

  test('the controller’s own signature cannot be sent back as a proof', async () => {
    const { url, newHost } = await openGateway()
    const { hostId } = await newHost()
    const agent = new ScriptedAgent(url)
    await agent.opened
    agent.send(hello(hostId))
    const { signature } = await agent.next('challenge')
    agent.send({ type: 'proof', signature })
    expect(await agent.ended).toBe(CloseCode.notAuthenticated)
  })

  test('a proof recorded on an earlier connection is worth nothing', async () => {
    const { url, newHost } = await openGateway()
    const identity = await newHost()
    const said = hello(identity.hostId)
    const old = new ScriptedAgent(url)
    await old.opened
    old.send(said)
    const { nonce: controllerNonce, agreement: controllerAgreement } = await old.next('challenge')
    const text = challengeText('agent', {
      ...{ hostId: identity.hostId, agentNonce: said.nonce, controllerNonce },
      ...{ agentAgreement: said.agreement, controllerAgreement },
    })
    const signature = sign(null, Buffer.from(text), identity.key).toString('base64')
    const replay = new ScriptedAgent(url)
    await replay.opened
    replay.send(said)
    await replay.next('challenge')
    replay.send({ type: 'proof', signature })
    expect(await replay.ended).toBe(CloseCode.notAuthenticated)
  })

  test('an unknown host is refused like a wrong key', async () => {
    const { url } = await openGateway()
    const agent = new ScriptedAgent(url)
    await agent.opened
    agent.send(hello(`h-${'0'.repeat(24)}`))
    expect(await agent.ended).toBe(CloseCode.notAuthenticated)
  })

  test('after a restore an unknown host is reported to people, once each and only so many, and believed in nothing', async () => {
    const logged: unknown[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) })
    const { url, store, database, clientId } = await openGateway({ log })
    const incidents = () => store.incidents.ofClient(clientId, 100)
    const knock = async (hostId: string) => {
      const agent = new ScriptedAgent(url)
      await agent.opened
      agent.send(hello(hostId))
      expect(await agent.ended).toBe(CloseCode.notAuthenticated)
    }
    await knock(`h-${'f'.repeat(24)}`)
    expect(await incidents()).toEqual([])
    database.exec('INSERT INTO restores (restored_ms, backup_ms, facts, recorded) VALUES (2000, 1000, 0, 1)')
    const [first = '', ...more] = Array.from({ length: 30 }, (_, n) => `h-${String(n).padStart(24, '0')}`)
    await knock(first)
    await knock(first)
    await expect.poll(incidents).toMatchObject([
      {
        ...{ kind: 'store restored', hostId: first, seq: 2000 },
        reason: expect.stringMatching(/backup of 1970-01-01 00:00:01 UTC.*create a token and enrol it again/),
      },
    ])
    const says = expect.stringContaining('restored on 1970-01-01 00:00:02 UTC')
    expect(logged).toContainEqual(expect.objectContaining({ hostId: first, msg: says, address: '127.0.0.1' }))
    for (const hostId of more) await knock(hostId)
    // The host that knocked before the restore took a place as well.
    await expect.poll(async () => (await incidents()).length).toBe(9)
  })

  test('who says nothing is closed when the time is over', async () => {
    const { url } = await openGateway({ handshakeMs: 50 })
    expect(await new ScriptedAgent(url).ended).toBe(CloseCode.handshakeTimeout)
  })

  test('nothing but enrol, hello and proof is listened to before the proof', async () => {
    const { url, newHost, store, clientId } = await openGateway()
    const { hostId } = await newHost()
    const facts = { type: 'facts', lines: textLines(newEpoch(), 1) } as const
    const early = new ScriptedAgent(url)
    await early.opened
    early.send(facts)
    expect(await early.ended).toBe(CloseCode.outOfOrder)
    const challenged = new ScriptedAgent(url)
    await challenged.opened
    challenged.send(hello(hostId))
    await challenged.next('challenge')
    challenged.send(facts)
    expect(await challenged.ended).toBe(CloseCode.outOfOrder)
    const proofFirst = new ScriptedAgent(url)
    await proofFirst.opened
    proofFirst.send({ type: 'proof', signature: `${'A'.repeat(86)}==` })
    expect(await proofFirst.ended).toBe(CloseCode.outOfOrder)
    expect(await store.facts.cursor(hostId, newEpoch())).toBeNull()
    expect(await store.incidents.ofClient(clientId, 10)).toEqual([])
  })
})

describe('approval and revocation', () => {
  test('a host that waits for approval is notified, and let in when it comes', async () => {
    const { url, newHost, store, gateway } = await openGateway()
    const identity = await newHost(false)
    const agent = await prove(url, identity)
    await agent.next('pending')
    expect(gateway.isOnline(identity.hostId)).toBe(false)
    await store.hosts.setState(identity.hostId, 'approved')
    gateway.approve(identity.hostId)
    await agent.next('welcome')
    expect(gateway.isOnline(identity.hostId)).toBe(true)
  })

  test('a host that waits may say nothing', async () => {
    const { url, newHost } = await openGateway()
    const agent = await prove(url, await newHost(false))
    await agent.next('pending')
    agent.send({ type: 'facts', lines: textLines(newEpoch(), 1) })
    expect(await agent.ended).toBe(CloseCode.outOfOrder)
  })

  test('revoking closes the live socket at once', async () => {
    const { url, newHost, store, gateway } = await openGateway()
    const identity = await newHost()
    const { agent } = await connect(url, identity)
    await store.hosts.setState(identity.hostId, 'revoked')
    gateway.revoke(identity.hostId)
    expect(gateway.isOnline(identity.hostId)).toBe(false)
    expect(await agent.ended).toBe(CloseCode.hostRevoked)
    expect(await (await prove(url, identity)).ended).toBe(CloseCode.hostRevoked)
  })

  test('a controller that shuts down says so to a host that waits for approval', async () => {
    const { url, newHost, gateway } = await openGateway()
    const agent = await prove(url, await newHost(false))
    await agent.next('pending')
    await gateway.close()
    expect(await agent.ended).toBe(CloseCode.shuttingDown)
  })

  test('revoking closes a socket that waits for approval', async () => {
    const { url, newHost, store, gateway } = await openGateway()
    const identity = await newHost(false)
    const agent = await prove(url, identity)
    await agent.next('pending')
    await store.hosts.setState(identity.hostId, 'revoked')
    gateway.revoke(identity.hostId)
    expect(await agent.ended).toBe(CloseCode.hostRevoked)
  })
})

describe('a second agent with the same key', () => {
  test('is refused while the first is alive; the first is notified, and it is an incident', async () => {
    const { url, newHost, store, clientId, gateway } = await openGateway()
    const identity = await newHost()
    const first = await connect(url, identity)
    const second = await prove(url, identity)
    expect(await second.ended).toBe(CloseCode.duplicateAgent)
    expect((await first.agent.next('notice')).message).toContain('second agent')
    expect(gateway.isOnline(identity.hostId)).toBe(true)
    await eventually(async () => {
      expect(await store.incidents.ofClient(clientId, 10)).toMatchObject([{ kind: 'duplicate agent' }])
    })
  })

  test('takes over when it is the same process on a new connection', async () => {
    const { url, newHost, gateway } = await openGateway()
    const identity = await newHost()
    const first = await connect(url, identity)
    await connect(url, identity, first.epoch)
    expect(await first.agent.ended).toBe(CloseCode.replaced)
    expect(gateway.isOnline(identity.hostId)).toBe(true)
  })

  test('takes over when the first does not answer any more', async () => {
    const { url, newHost, gateway } = await openGateway()
    const identity = await newHost()
    const first = await connect(url, identity)
    // The machine is gone: its socket is open, and nobody reads it.
    first.agent.ws.pause()
    const second = await connect(url, identity)
    expect(gateway.isOnline(identity.hostId)).toBe(true)
    expect(second.agent.ws.readyState).toBe(second.agent.ws.OPEN)
  })
})
