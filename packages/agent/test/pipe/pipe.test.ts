import type { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONGEST_MESSAGE_BYTES, Pipe, wayWithin } from '../../src/pipe/index.ts'

/** A pipe on one end of a stream; the other end is raw. */
function onePipe() {
  const [near, far] = wayWithin()
  const messages: [number, string][] = []
  const state = { closed: 0 }
  const pipe = new Pipe(near, {
    message: (kind, payload) => messages.push([kind, payload.toString('latin1')]),
    closed: () => {
      state.closed += 1
    },
  })
  far.on('error', () => {})
  far.resume()
  return { pipe, far, messages, state }
}

function bytesOf(kind: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.writeUInt8(kind, 0)
  header.writeUInt32BE(payload.length, 1)
  return Buffer.concat([header, payload])
}

/** Everything that came out of a raw end so far. */
function collect(stream: Duplex): () => Buffer {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks)
}

const message = fc.record({
  kind: fc.integer({ min: 0, max: 255 }),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
})

test('whole messages come out, wherever the bytes were cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { maxLength: 12 }),
      fc.array(fc.nat(40), { maxLength: 40 }),
      async (all, cuts) => {
        const { far, messages, pipe } = onePipe()
        let bytes = Buffer.concat(all.map(({ kind, payload }) => bytesOf(kind, payload)))
        for (const cut of cuts) {
          if (cut > 0 && cut < bytes.length) far.write(bytes.subarray(0, cut))
          bytes = cut > 0 && cut < bytes.length ? bytes.subarray(cut) : bytes
        }
        if (bytes.length > 0) far.write(bytes)
        const expected = all.map(({ kind, payload }) => [kind, payload.toString('latin1')])
        await expect.poll(() => messages, { interval: 1 }).toEqual(expected)
        expect(pipe.received).toBe(all.length)
      },
    ),
    { numRuns: 60 },
  )
})

test('what is sent has its kind, its length and its bytes, and is counted', async () => {
  const { pipe, far } = onePipe()
  const seen = collect(far)
  pipe.send(3, 'grün')
  pipe.send(5)
  const expected = Buffer.concat([bytesOf(3, Buffer.from('grün')), bytesOf(5, Buffer.alloc(0))])
  await expect.poll(() => seen().equals(expected)).toBe(true)
  expect(pipe.sent).toBe(2)
})

test('a length that no message has ends the pipe before anything is kept', async () => {
  const { far, messages, state } = onePipe()
  const header = Buffer.alloc(5)
  header.writeUInt32BE(LONGEST_MESSAGE_BYTES + 1, 1)
  far.write(Buffer.concat([bytesOf(1, Buffer.from('first')), header, Buffer.alloc(1000)]))
  await expect.poll(() => state.closed).toBe(1)
  expect(messages).toEqual([[1, 'first']])
})

test('the longest message there may be passes', async () => {
  const { far, messages } = onePipe()
  far.write(bytesOf(3, Buffer.alloc(LONGEST_MESSAGE_BYTES, 120)))
  await expect.poll(() => messages.length).toBe(1)
})

test('half a message at the end is no message', async () => {
  const { far, messages, state } = onePipe()
  far.end(bytesOf(3, Buffer.from('whole')).subarray(0, 8))
  await expect.poll(() => state.closed).toBe(1)
  expect(messages).toEqual([])
})

test('nothing is handed on after the pipe was destroyed, even what has come already', async () => {
  const [near, far] = wayWithin()
  const kinds: number[] = []
  const pipe: Pipe = new Pipe(near, {
    message: (kind) => {
      kinds.push(kind)
      pipe.destroy()
    },
    closed: () => {},
  })
  far.on('error', () => {})
  far.write(Buffer.concat([bytesOf(1, Buffer.alloc(0)), bytesOf(2, Buffer.alloc(0))]))
  await expect.poll(() => pipe.closed).toBe(true)
  expect(kinds).toEqual([1])
})

test('sending into a closed pipe does nothing', async () => {
  const { pipe, far } = onePipe()
  far.end()
  await expect.poll(() => pipe.closed).toBe(true)
  pipe.send(1, 'late')
  expect(pipe.sent).toBe(0)
})

test('a paused pipe takes nothing until it is resumed', async () => {
  const { pipe, far, messages } = onePipe()
  pipe.pause()
  far.write(bytesOf(7, Buffer.from('later')))
  await new Promise((resolve) => setImmediate(resolve))
  expect(messages).toEqual([])
  pipe.resume()
  await expect.poll(() => messages).toEqual([[7, 'later']])
})
