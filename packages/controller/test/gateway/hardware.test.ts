import { CloseCode } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { openGateway } from '../support/gateway.ts'
import { hardware } from '../support/hardware.ts'
import { newEpoch } from '../support/lines.ts'
import { prove } from '../support/scripted-agent.ts'

/** A link of an agent whose hello names this version, and what the controller says to it. */
async function linked(version: string) {
  const opened = await openGateway()
  const identity = await opened.newHost()
  const agent = await prove(opened.url, identity, newEpoch(), version)
  return { ...opened, ...identity, agent, welcome: await agent.next('welcome') }
}

describe('the hardware of a host', () => {
  test('is asked for in the welcome of an agent that can report it, and the last report is stored', async () => {
    const { agent, welcome, store, hostId } = await linked('0.2.0+hardware')
    expect(welcome.extensions).toEqual(['hardware'])
    expect(await store.hosts.hardware(hostId)).toBeNull()
    agent.send({ type: 'hardware', hardware })
    await eventually(async () => expect(await store.hosts.hardware(hostId)).toMatchObject({ hardware }))
    const later = { ...hardware, model: 'PowerEdge R650' }
    agent.send({ type: 'hardware', hardware: later })
    await eventually(async () => expect((await store.hosts.hardware(hostId))?.hardware).toEqual(later))
  })

  test.each(['0.1.0', '9.0.0+something.else'])(
    'is not asked of an agent that cannot report it (%s)',
    async (version) => {
      const { welcome } = await linked(version)
      expect(welcome).not.toHaveProperty('extensions')
    },
  )

  test('closes the link of an agent that reports it without having said that it can', async () => {
    const { agent, store, hostId } = await linked('0.1.0')
    agent.send({ type: 'hardware', hardware })
    expect(await agent.ended).toBe(CloseCode.outOfOrder)
    expect(await store.hosts.hardware(hostId)).toBeNull()
  })

  test.each([
    ['a serial number', { serial: '4711' }],
    ['a text that is too long', { model: 'x'.repeat(65) }],
    ['a text that is not printable', { model: 'a\u202eb' }],
    ['more disks than are kept', { disks: Array(65).fill(hardware.disks?.[0]) }],
  ])('closes the link with %s in it', async (_what, more) => {
    const { agent, store, hostId } = await linked('0.2.0+hardware')
    agent.sealed(JSON.stringify({ type: 'hardware', hardware: { ...hardware, ...more } }))
    expect(await agent.ended).toBe(CloseCode.malformedFrame)
    expect(await store.hosts.hardware(hostId)).toBeNull()
  })

  test('reported too often closes the link', async () => {
    const { agent } = await linked('0.2.0+hardware')
    for (let n = 0; n < 200; n += 1) agent.send({ type: 'hardware', hardware })
    expect(await agent.ended).toBe(CloseCode.tooManyFrames)
  })
})
