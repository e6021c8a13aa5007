import { AgentFact, type Order } from '@chaos-lite/shared'
import fc from 'fast-check'
import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { RUN } from '../fixtures/toy-engine.ts'
import { FakeController, type Peer } from '../link/fake-controller.ts'
import { splitAgent } from './split-agent.ts'

const close: Order = { name: 'run.close', runId: RUN }

/** What may happen to an agent in two parts, in any order. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('command' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait for rest' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut the link' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill the root part' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compare clocks' as const) }) },
)

test('whatever happens between the parts, a command is executed at most once, and answered while the link stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
      await using controller = await FakeController.start()
      await using agent = await splitAgent(controller)
      let peer = await welcome(controller)
      const done: string[] = []
      for (const one of steps) {
        if (one.do === 'command') {
          const ids = Array.from({ length: one.count }, () => peer.command(close, { commandId: ulid() }))
          for (const id of ids) expect(await peer.answerTo(id)).toMatchObject({ ok: true })
          done.push(...ids)
        }
        const old = done.at(0)
        if (one.do === 'replay' && old !== undefined) {
          peer.command(close, { commandId: old })
          expect(await peer.answerTo(old)).toMatchObject({ ok: false, code: 'wrong-state' })
        }
        if (one.do === 'wait for rest') await agent.asleep()
        if (one.do === 'compare clocks') {
          peer.send({ type: 'clock', id: 5 })
          expect(await peer.next('clock')).toMatchObject({ id: 5 })
        }
        if (one.do === 'kill the root part') {
          // Just asked, so it is awake, and not about to rest.
          await peer.answerTo(peer.command(close))
          agent.breakOff()
          peer = await welcome(controller)
        }
        if (one.do === 'cut the link') {
          peer.socket.terminate()
          peer = await welcome(controller)
        }
      }
    }),
    // On a busy machine fewer of them have to do.
    { numRuns: 12, endOnFailure: true, interruptAfterTimeLimit: 120_000 },
  )
})

/** Lets the agent in, and stores whatever it reports. */
async function welcome(controller: FakeController): Promise<Peer> {
  const peer = await controller.welcome()
  const store = async () => {
    for (;;) {
      const { lines } = await peer.next('facts')
      const { epoch, seq } = AgentFact.parse(JSON.parse(lines.at(-1) ?? ''))
      peer.send({ type: 'ack', cursor: { epoch, seq } })
    }
  }
  void store().catch(() => {})
  await peer.next('inventory')
  return peer
}
