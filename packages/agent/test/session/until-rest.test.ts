import { access, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Kept, Link, RelayPort } from '../../src/link/index.ts'
import type { PendingFact } from '../../src/outbox/index.ts'
import { type RestOptions, untilRest } from '../../src/session/rest.ts'
import { clock, temporaryFolder } from '../outbox/support.ts'

const kept: Kept = {
  hostId: 'h-0123456789abcdef01234567',
  channelId: 'ab'.repeat(16),
  state: 'open',
  session: 'cd'.repeat(32),
  extensions: ['words'],
  seal: { out: { key: 'ab'.repeat(32), count: 3 }, in: { key: 'cd'.repeat(32), count: 4 } },
}
const fact: PendingFact = { epoch: 'e', seq: 1, line: '{}' }

/** Everything that keeps the root part awake, as switches. */
async function idle() {
  const folder = await temporaryFolder()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const keptFile = join(folder.path, 'run', 'rest.json')
  const is = {
    busy: false,
    quiet: true,
    state: 'open' as Link['state'],
    open: 0,
    pending: 0,
    agrees: true,
    heardMs: 0,
    asked: 0,
    leftWhenAsked: false,
  }
  const log: string[] = []
  const there = () =>
    access(keptFile).then(
      () => true,
      () => false,
    )
  const port = {
    get heardMonoMs() {
      return is.heardMs
    },
    unclaimed: null,
    async rest() {
      is.asked += 1
      is.leftWhenAsked = await there()
      return is.agrees
    },
  } as unknown as RelayPort
  const options: RestOptions = {
    engine: { standings: async () => ({ records: Array(is.open).fill({}), unreadable: [], halted: false }) },
    outbox: { reader: async () => ({ read: async () => (is.pending > 0 ? [fact] : []) }) },
    clock,
    port,
    keptFile,
    link: () => ({ quiet: is.quiet, state: is.state, kept }) as Link,
    busy: () => is.busy,
    log: (_level, message) => log.push(message),
    restAfterMs: 30,
  }
  return { is, options, keptFile, there, log }
}

/** Long enough to see that it does not rest; nothing hangs on how long. */
const soon = () => AbortSignal.timeout(400)
const patiently = () => AbortSignal.timeout(120_000)

test('with nothing to do it leaves word first, then asks the relay, then ends', async () => {
  const { is, options, keptFile } = await idle()
  await untilRest(options, patiently())
  expect(is).toMatchObject({ asked: 1, leftWhenAsked: true })
  expect(JSON.parse(await readFile(keptFile, 'utf8'))).toMatchObject({ link: kept })
})

test.each([
  ['a run is open', { busy: true }],
  ['an order is at work on the link', { quiet: false }],
  ['something is held, or stuck', { open: 1 }],
  ['facts wait for the controller', { pending: 1 }],
  ['the relay said something just now', { heardMs: Number.MAX_SAFE_INTEGER }],
])('while %s it stays, and asks nobody', async (_, change) => {
  const { is, options, there } = await idle()
  Object.assign(is, change)
  await expect(untilRest(options, soon())).rejects.toThrow()
  expect(is.asked).toBe(0)
  expect(await there()).toBe(false)
})

test('facts that nobody can take now keep nobody awake', async () => {
  const { is, options } = await idle()
  Object.assign(is, { pending: 1, state: 'connecting' })
  await untilRest(options, patiently())
})

test('when the relay has something to say it stays, takes its word back, and asks again later', async () => {
  const { is, options, there } = await idle()
  is.agrees = false
  const resting = untilRest(options, patiently())
  await expect.poll(() => is.asked).toBeGreaterThan(1)
  is.agrees = true
  await resting
  expect(await there()).toBe(true)
})

test('a frame that comes or goes while word is left makes it begin anew', async () => {
  const { is, options } = await idle()
  let looks = 0
  const counting = () => {
    looks += 1
    // Once: the first two looks differ.
    return { ...kept, seal: { ...kept.seal, out: { ...kept.seal.out, count: Math.min(looks, 2) } } }
  }
  const link = () =>
    ({
      quiet: true,
      state: 'open',
      get kept() {
        return counting()
      },
    }) as Link
  await untilRest({ ...options, link }, patiently())
  expect(is.asked).toBe(1)
  expect(looks).toBe(4)
  expect(JSON.parse(await readFile(options.keptFile, 'utf8'))).toMatchObject({ link: { seal: { out: { count: 2 } } } })
})

test('when its word cannot be left it stays and says why', async () => {
  const { is, options, keptFile, log } = await idle()
  await mkdir(dirname(keptFile), { recursive: true })
  await mkdir(keptFile)
  await expect(untilRest(options, soon())).rejects.toThrow()
  expect(is.asked).toBe(0)
  expect(log.join()).toContain('cannot go to rest')
  await rm(keptFile, { recursive: true })
})

test('asked to stop, it ends at once and leaves nothing', async () => {
  const { is, options, there } = await idle()
  is.busy = true
  const stop = new AbortController()
  const waiting = untilRest(options, stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  expect(await there()).toBe(false)
})
