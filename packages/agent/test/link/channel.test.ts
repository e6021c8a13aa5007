import { expect, test } from 'vitest'
import { Channel } from '../../src/link/channel.ts'
import { Down, Pipe, wayWithin } from '../../src/pipe/index.ts'

/** A channel, and everything that the relay receives because of it. */
function channelOn() {
  const [near, far] = wayWithin()
  const sent: [number, string][] = []
  const pipe = new Pipe(near, { message: () => {}, closed: () => {} })
  new Pipe(far, { message: (kind, payload) => sent.push([kind, String(payload)]), closed: () => {} })
  const heard: string[] = []
  const channel = new Channel('ab'.repeat(16), pipe)
  const listener = {
    frame: (text: string, at: number) => heard.push(`${text}@${at}`),
    closed: (code: number) => heard.push(`closed ${code}`),
  }
  return { channel, sent, heard, listener }
}

test('what comes before somebody listens waits, in its order', () => {
  const { channel, heard, listener } = channelOn()
  channel.received('one', 1)
  channel.received('two', 2)
  channel.ended(4403)
  expect(heard).toEqual([])
  channel.listen(listener)
  expect(heard).toEqual(['one@1', 'two@2', 'closed 4403'])
})

test('after its end nothing is heard and nothing is sent', async () => {
  const { channel, sent, heard, listener } = channelOn()
  channel.listen(listener)
  channel.close(4400)
  channel.received('late', 1)
  channel.ended(1001)
  channel.send('late')
  channel.announce('open')
  channel.close(4401)
  await expect.poll(() => sent).toEqual([[Down.close, '4400']])
  expect(heard).toEqual(['closed 4400'])
  expect(channel.closed).toBe(true)
})

test('while it is held nothing is sent; then all of it is, in its order', async () => {
  const { channel, sent } = channelOn()
  channel.send('one')
  channel.hold()
  channel.send('two')
  channel.send('three')
  channel.announce('open')
  await expect.poll(() => sent.length).toBe(2)
  expect(sent.map(([, text]) => text)).toEqual(['one', 'open'])
  channel.release()
  channel.send('four')
  await expect.poll(() => sent.map(([, text]) => text)).toEqual(['one', 'open', 'two', 'three', 'four'])
})

test('an end without a reason counts as a failure of the other side', () => {
  const { channel, heard, listener } = channelOn()
  channel.listen(listener)
  channel.ended()
  expect(heard).toEqual(['closed 1011'])
})

test('frames and states are sent in order', async () => {
  const { channel, sent } = channelOn()
  channel.send('hello')
  channel.announce('pending')
  channel.send('proof')
  await expect
    .poll(() => sent)
    .toEqual([
      [Down.frame, 'hello'],
      [Down.state, 'pending'],
      [Down.frame, 'proof'],
    ])
})
