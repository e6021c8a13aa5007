import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NOTHING_KNOWN } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { createOutbox, type Outbox } from '../../src/outbox/index.ts'
import { KEPT, KeptFacts } from '../../src/outbox/kept.ts'
import { clock, commands, everything, refused, temporaryFolder } from './support.ts'

/** An outbox of a process that has ended. */
const ofEarlier = (folder: string) => createOutbox({ folder, clock: { ...clock, bootId: 'an-earlier-boot' } })

async function reported(outbox: Outbox, from: number, count: number, reason?: string): Promise<Outbox> {
  await Promise.all(Array.from({ length: count }, (_, n) => outbox.report(refused(from + n, reason))))
  return outbox
}

const numbered = (from: number, count: number) => Array.from({ length: count }, (_, n) => `number-${from + n}`)

test('what was acknowledged is not sent again, and is offered whole when the controller knows nothing any more', async () => {
  await using folder = await temporaryFolder()
  const earlier = await reported(ofEarlier(folder.path), 0, 3)
  await earlier.close()
  await using now = await reported(createOutbox({ folder: folder.path, clock }), 3, 2)
  await now.acknowledge({ epoch: earlier.epoch, seq: 2 })
  await now.acknowledge({ epoch: now.epoch, seq: 1 })
  expect(await everything(now)).toEqual([])
  expect(await now.resume(NOTHING_KNOWN)).toBe('sends again')
  expect(commands(await everything(now))).toEqual(numbered(0, 5))
})

test('an older cursor in the present epoch brings back its removed segments as well', async () => {
  await using folder = await temporaryFolder()
  await using outbox = await reported(createOutbox({ folder: folder.path, clock }), 0, 900, 'y'.repeat(1000))
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 890 })
  expect(commands(await everything(outbox))).toEqual(numbered(891, 9))
  expect(await outbox.resume({ epoch: outbox.epoch, seq: 99 })).toBe('sends again')
  const again = await everything(outbox)
  expect(again.map(({ seq }) => seq)).toEqual(Array.from({ length: 800 }, (_, n) => 100 + n))
  expect(outbox.broken()).toEqual([])
})

test('an epoch that was acknowledged in part is offered from its beginning', async () => {
  await using folder = await temporaryFolder()
  const earlier = await reported(ofEarlier(folder.path), 0, 4)
  await earlier.close()
  await using now = createOutbox({ folder: folder.path, clock })
  await now.acknowledge({ epoch: earlier.epoch, seq: 1 })
  expect(commands(await everything(now))).toEqual(numbered(2, 2))
  await now.resume(NOTHING_KNOWN)
  expect(commands(await everything(now))).toEqual(numbered(0, 4))
})

test('an offer that a process could not finish is taken up by the next one', async () => {
  await using folder = await temporaryFolder()
  const earlier = await reported(ofEarlier(folder.path), 0, 3)
  await earlier.close()
  const interrupted = createOutbox({ folder: folder.path, clock })
  await interrupted.acknowledge({ epoch: earlier.epoch, seq: 2 })
  await interrupted.resume(NOTHING_KNOWN)
  await interrupted.close()
  await using now = createOutbox({ folder: folder.path, clock })
  expect(await now.resume(null)).toBe('goes on')
  expect(commands(await everything(now))).toEqual(numbered(0, 3))
  await now.acknowledge({ epoch: earlier.epoch, seq: 2 })
  await using later = createOutbox({ folder: folder.path, clock })
  expect(await everything(later)).toEqual([])
})

test('acknowledgements of offered facts change nothing of what waits', async () => {
  await using folder = await temporaryFolder()
  await using outbox = await reported(createOutbox({ folder: folder.path, clock }), 0, 4)
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 3 })
  await outbox.resume(null)
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 1 })
  expect(commands(await everything(outbox))).toEqual(numbered(2, 2))
})

/** Kept segments of so many bytes, each a day older than the one before it. */
async function keptFolder(outbox: string, sizes: readonly number[]): Promise<void> {
  for (const [days, size] of sizes.entries()) {
    const folder = join(outbox, 'kept', String(days).padStart(32, '0'))
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '000001.jsonl'), Buffer.alloc(size))
    const writtenS = Date.now() / 1000 - days * 86_400 - 60
    await utimes(join(folder, '000001.jsonl'), writtenS, writtenS)
  }
}

test.each([
  ['older than 30 days', { sizes: Array.from({ length: 40 }, () => 10), limits: KEPT, left: 30 }],
  ['beyond its bytes', { sizes: [400, 400, 400], limits: { ...KEPT, bytes: 1000 }, left: 2 }],
  ['beyond its number of epochs', { sizes: [1, 1, 1, 1], limits: { ...KEPT, epochs: 3 }, left: 3 }],
])('what is %s goes, oldest first', async (_what, { sizes, limits, left }) => {
  await using folder = await temporaryFolder()
  await keptFolder(folder.path, sizes)
  await new KeptFacts(folder.path, () => Date.now(), limits).prune()
  const names = (await readdir(join(folder.path, 'kept'))).sort()
  expect(names).toEqual(Array.from({ length: left }, (_, days) => String(days).padStart(32, '0')))
})

test('30 days and 64 MiB are the limits', () => {
  expect(KEPT).toMatchObject({ ageMs: 30 * 24 * 3_600_000, bytes: 64 * 1024 * 1024 })
})
