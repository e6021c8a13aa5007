import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AgentFact, type ChaosError } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { createOutbox, digestOf } from '../../src/outbox/index.ts'
import { clock, commands, everything, leaseLost, refused, temporaryFolder } from './support.ts'

test('a reported fact is kept as a chained line that the protocol accepts', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await outbox.report(refused(0))
  await outbox.report(refused(1))
  const facts = (await everything(outbox)).map(({ line }) => AgentFact.parse(JSON.parse(line)))
  expect(facts.map(({ seq }) => seq)).toEqual([0, 1])
  expect(facts[0]?.prev).toBeNull()
  expect(facts[1]?.prev).toBe(digestOf((await everything(outbox))[0]?.line ?? ''))
  expect(facts[0]?.at.bootId).toBe('boot-of-the-tests')
})

test('nothing is written before the first report', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  expect(await everything(outbox)).toEqual([])
  expect(await readdir(folder.path)).toEqual([])
})

test('facts reported at the same moment keep the order of their reports', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await Promise.all(Array.from({ length: 200 }, (_, n) => outbox.report(refused(n))))
  expect(commands(await everything(outbox))).toEqual(Array.from({ length: 200 }, (_, n) => `number-${n}`))
})

test('facts go on in further segments when one is full, and the chain goes on with them', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  for (let n = 0; n < 900; n += 30) {
    await Promise.all(Array.from({ length: 30 }, (_, index) => outbox.report(refused(n + index, 'y'.repeat(1000)))))
  }
  expect(
    (await readdir(join(folder.path, outbox.epoch))).filter((name) => name.endsWith('.jsonl')).length,
  ).toBeGreaterThan(3)
  const facts = await everything(outbox)
  expect(facts.map(({ seq }) => seq)).toEqual(Array.from({ length: 900 }, (_, n) => n))
  expect(outbox.broken()).toEqual([])
})

test('an acknowledged fact is not handed out again, and finished segments are removed', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await Promise.all(Array.from({ length: 600 }, (_, n) => outbox.report(refused(n, 'y'.repeat(1000)))))
  const segments = async () =>
    (await readdir(join(folder.path, outbox.epoch))).filter((name) => name.endsWith('.jsonl'))
  const before = (await segments()).length
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 590 })
  expect((await everything(outbox)).map(({ seq }) => seq)).toEqual([591, 592, 593, 594, 595, 596, 597, 598, 599])
  expect((await segments()).length).toBeLessThan(before)
  await outbox.report(refused(600))
  expect(commands(await everything(outbox)).at(-1)).toBe('number-600')
})

test('an acknowledgement of the past changes nothing, and one of the future is refused', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  for (let n = 0; n < 5; n++) await outbox.report(refused(n))
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 3 })
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 1 })
  expect((await everything(outbox)).map(({ seq }) => seq)).toEqual([4])
  await expect(outbox.acknowledge({ epoch: outbox.epoch, seq: 5 })).rejects.toThrow('not so many were written')
})

test('an acknowledgement of an epoch that this host does not have is ignored', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await outbox.acknowledge({ epoch: 'f'.repeat(32), seq: 7 })
  expect(await readdir(folder.path)).toEqual([])
})

test('the facts of an earlier start are sent too, and go when they are acknowledged', async () => {
  await using folder = await temporaryFolder()
  await using earlier = createOutbox({ folder: folder.path, clock: { ...clock, bootId: 'an-earlier-boot' } })
  await earlier.report(refused(1))
  await earlier.report(refused(2))
  await using now = createOutbox({ folder: folder.path, clock })
  await now.report(refused(3))
  expect(commands(await everything(now)).sort()).toEqual(['number-1', 'number-2', 'number-3'])
  await now.acknowledge({ epoch: earlier.epoch, seq: 0 })
  expect(commands(await everything(now)).sort()).toEqual(['number-2', 'number-3'])
  await now.acknowledge({ epoch: earlier.epoch, seq: 1 })
  expect(await readdir(folder.path)).not.toContain(earlier.epoch)
})

test('an epoch that another living process writes to stays, however much is acknowledged', async () => {
  await using folder = await temporaryFolder()
  await using other = createOutbox({ folder: folder.path, clock })
  await other.report(refused(1))
  await using agent = createOutbox({ folder: folder.path, clock })
  await agent.acknowledge({ epoch: other.epoch, seq: 0 })
  await other.report(refused(2))
  expect(commands(await everything(agent))).toEqual(['number-2'])
})

test('a reader goes on where it stopped when another process writes more', async () => {
  await using folder = await temporaryFolder()
  await using other = createOutbox({ folder: folder.path, clock })
  await other.report(refused(1))
  const reader = await createOutbox({ folder: folder.path, clock }).reader()
  const limits = { facts: 10, bytes: 10_000 }
  expect(commands(await reader.read(limits))).toEqual(['number-1'])
  expect(await reader.read(limits)).toEqual([])
  await other.report(refused(2))
  // Others are looked for twice a second.
  await expect.poll(async () => commands(await reader.read(limits))).toEqual(['number-2'])
})

test('what was acknowledged is still known after a restart', async () => {
  await using folder = await temporaryFolder()
  await using first = createOutbox({ folder: folder.path, clock })
  for (let n = 0; n < 5; n++) await first.report(refused(n))
  await first.acknowledge({ epoch: first.epoch, seq: 2 })
  await first.close()
  expect((await everything(createOutbox({ folder: folder.path, clock }))).map(({ seq }) => seq)).toEqual([3, 4])
})

test('a reader keeps to its limits, but always hands out one fact', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  for (let n = 0; n < 10; n++) await outbox.report(refused(n, 'z'.repeat(500)))
  const reader = await outbox.reader()
  expect(await reader.read({ facts: 3, bytes: 1_000_000 })).toHaveLength(3)
  expect(await reader.read({ facts: 100, bytes: 1 })).toHaveLength(1)
  expect(await reader.read({ facts: 100, bytes: 1_000_000 })).toHaveLength(6)
})

test('control characters and overlong text are replaced, so that one fact cannot stop all later ones', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await outbox.report(refused(0, `line\nbreak\u202e ${'w'.repeat(2000)}`))
  const [fact] = (await everything(outbox)).map(({ line }) => AgentFact.parse(JSON.parse(line)))
  const reason = fact?.event.type === 'refused' ? fact.event.reason : ''
  expect(reason).toMatch(/^line\uFFFDbreak\uFFFD w+…$/)
  expect(reason).toHaveLength(1024)
})

test('an event that nothing can make valid is refused, and later ones still work', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await expect(outbox.report({ type: 'lease.lost', runId: 'no ulid' })).rejects.toThrow('runId')
  await outbox.report(leaseLost())
  expect(await everything(outbox)).toHaveLength(1)
})

test('a closed outbox refuses reports and gives back the room it did not use', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  await outbox.report(refused(0))
  await outbox.close()
  await expect(outbox.report(refused(1))).rejects.toMatchObject({ code: 'wrong-state' } satisfies Partial<ChaosError>)
  expect((await stat(join(folder.path, outbox.epoch, '000001.jsonl'))).size).toBeLessThan(1000)
})

test('listeners hear of facts after these are on disk', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  const heard: string[] = []
  const stop = outbox.onReported(() => heard.push('fact'))
  await outbox.report(refused(0))
  stop()
  await outbox.report(refused(1))
  expect(heard).toEqual(['fact'])
})

test('files and folders of the outbox are for their owner alone', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: join(folder.path, 'outbox'), clock })
  await outbox.report(refused(0))
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  expect(await mode(join(folder.path, 'outbox'))).toBe('700')
  expect(await mode(join(folder.path, 'outbox', outbox.epoch))).toBe('700')
  expect(await mode(join(folder.path, 'outbox', outbox.epoch, '000001.jsonl'))).toBe('600')
  expect(await readFile(join(folder.path, 'outbox', outbox.epoch, '000001.jsonl'), 'utf8')).toContain('number-0')
})

test('an epoch that a new one has followed is removed by the same process once it is stored to its end', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  const former = outbox.epoch
  await outbox.report(refused(0))
  await outbox.report(refused(1))
  expect(await outbox.resume({ epoch: former, seq: 99 })).toBe('new epoch')
  await outbox.report(refused(2))
  await outbox.acknowledge({ epoch: former, seq: 0 })
  expect(await readdir(folder.path)).toContain(former)
  await outbox.acknowledge({ epoch: former, seq: 1 })
  expect(await readdir(folder.path)).not.toContain(former)
  expect(commands(await everything(outbox))).toEqual(['number-2'])
})

test('an epoch that was stored to its end is gone as soon as a new one follows it', async () => {
  await using folder = await temporaryFolder()
  await using outbox = createOutbox({ folder: folder.path, clock })
  const former = outbox.epoch
  await outbox.report(refused(0))
  await outbox.acknowledge({ epoch: former, seq: 0 })
  expect(await outbox.resume({ epoch: former, seq: 99 })).toBe('new epoch')
  expect(await readdir(folder.path)).not.toContain(former)
})
