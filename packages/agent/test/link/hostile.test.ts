import { CloseCode } from '@chaos-lite/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signText } from '../../src/identity/keys.ts'
import { FakeController, type Peer } from './fake-controller.ts'
import { linkTo } from './support.ts'

/** Text that looks like a frame: the right types, with anything in the other places. */
const types = [
  'enrolled',
  'challenge',
  'welcome',
  'pending',
  'ack',
  'command',
  'lease',
  'clock',
  'watch',
  'notice',
  'exec',
]
const anything = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.json(),
  fc
    .record({ type: fc.constantFrom(...types), runId: fc.string(), on: fc.boolean(), id: fc.double() })
    .map((value) => JSON.stringify(value)),
  fc
    .dictionary(fc.constantFrom('type', 'cursor', 'payload', 'session', '__proto__', 'constructor'), fc.jsonValue())
    .map((value) => JSON.stringify(value)),
)
const codes: readonly number[] = Object.values(CloseCode)

/** Sends it and returns how it ended: with a close code, or with the link still answering. */
async function reaction(peer: Peer, frame: string | Buffer): Promise<number> {
  if (typeof frame === 'string') peer.sendSealed(frame)
  else peer.sendRaw(frame)
  peer.send({ type: 'clock', id: 1 })
  const alive = peer.next('clock').then(
    () => 0,
    () => peer.closed,
  )
  return Promise.race([peer.closed, alive])
}

test('whatever comes over an open link, the agent closes it with a known code or goes on; it never falls', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  let peer = await controller.welcome()
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        anything,
        fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (frame) => {
        const code = await reaction(peer, frame)
        if (code === 0) return
        expect(codes).toContain(code)
        // Refusals of identity make the agent wait a minute: none of these may look like one.
        expect(code).not.toBe(CloseCode.notAuthenticated)
        peer = await controller.welcome()
      },
    ),
    { numRuns: 60 },
  )
  expect(agent.duties.orders).toEqual([])
})

test('whatever the controller signs, only an order of the catalogue is executed', async () => {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  let peer = await controller.welcome()
  const { commandText } = await import('@chaos-lite/shared')
  const { hostId } = await import('./fake-controller.ts')
  await fc.assert(
    fc.asyncProperty(anything, async (payload) => {
      const signature = signText(commandText(hostId, payload), controller.key)
      const code = await reaction(peer, JSON.stringify({ type: 'command', payload, signature }))
      expect(code).toBe(CloseCode.malformedFrame)
      peer = await controller.welcome()
    }),
    { numRuns: 25 },
  )
  expect(agent.duties.orders).toEqual([])
})
