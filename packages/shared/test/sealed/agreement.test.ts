import { expect, test } from 'vitest'
import { challengeText, type Greetings, PublicKey } from '../../src/protocol/index.ts'
import { Agreement } from '../../src/sealed/index.ts'

/** What both sides of a connection say and hear, if nobody changes anything on the way. */
function greet() {
  const [agent, controller] = [new Agreement(), new Agreement()]
  const greetings: Greetings = {
    ...{ hostId: 'h-0123456789abcdef01234567', agentNonce: '1'.repeat(64), controllerNonce: '2'.repeat(64) },
    ...{ agentAgreement: agent.publicKey, controllerAgreement: controller.publicKey },
  }
  return { agent, controller, greetings }
}

test('both sides arrive at the same keys, and each direction has its own', () => {
  const { agent, controller, greetings } = greet()
  const [near, far] = [agent.seal('agent', greetings), controller.seal('controller', greetings)]
  expect(far?.open(near?.close('{"up":1}') ?? '')).toBe('{"up":1}')
  expect(near?.open(far?.close('{"down":1}') ?? '')).toBe('{"down":1}')
  expect(near?.state.out.key).toBe(far?.state.in.key)
  expect(near?.state.out.key).not.toBe(near?.state.in.key)
})

test('the part that is sent is a key of 32 bytes, and another one each time', () => {
  const keys = Array.from({ length: 5 }, () => new Agreement().publicKey)
  for (const key of keys) expect(PublicKey.parse(key)).toBe(key)
  expect(new Set(keys).size).toBe(5)
})

test.each(['hostId', 'agentNonce', 'controllerNonce'] as const)('another %s leads to other keys', (part) => {
  const { agent, controller, greetings } = greet()
  const near = agent.seal('agent', greetings)
  const far = controller.seal('controller', { ...greetings, [part]: `${greetings[part].slice(0, -1)}9` })
  expect(far?.open(near?.close('{}') ?? '')).toBeNull()
})

test('somebody in between who puts a key of their own in its place is in neither text that is signed', () => {
  const { greetings } = greet()
  for (const part of ['agentAgreement', 'controllerAgreement'] as const) {
    const theirs = { ...greetings, [part]: new Agreement().publicKey }
    for (const role of ['agent', 'controller'] as const) {
      expect(challengeText(role, theirs)).not.toBe(challengeText(role, greetings))
    }
  }
  expect(challengeText('agent', greetings)).not.toBe(challengeText('controller', greetings))
})

test.each([
  ['nothing but zeros', Buffer.alloc(32)],
  ['one, which makes any secret the same', Buffer.from([1, ...Buffer.alloc(31)])],
  ['too short', Buffer.alloc(31, 9)],
  ['too long', Buffer.alloc(33, 9)],
])('a key that is %s is refused', (_, bytes) => {
  const { agent, greetings } = greet()
  expect(agent.seal('agent', { ...greetings, controllerAgreement: bytes.toString('base64') })).toBeNull()
})
