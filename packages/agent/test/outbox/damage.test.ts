import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BrokenLine, createOutbox } from '../../src/outbox/index.ts'
import { clock, commands, everything, refused, temporaryFolder } from './support.ts'

const later = { ...clock, bootId: 'after-the-power-cut' }

/** An epoch of an earlier boot with ten facts in it. */
async function tenFacts(folder: string): Promise<{ epoch: string; segment: string }> {
  await using outbox = createOutbox({ folder, clock })
  for (let n = 0; n < 10; n++) await outbox.report(refused(n))
  return { epoch: outbox.epoch, segment: join(folder, outbox.epoch, '000001.jsonl') }
}

test.each([
  ['a torn last line', (bytes: Buffer) => bytes.subarray(0, bytes.length - 40)],
  [
    'a torn last line and zeros',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length - 40), Buffer.alloc(5000)]),
  ],
  [
    'zeros where the last lines were',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.indexOf(10) + 1), Buffer.alloc(900)]),
  ],
  ['a file of no length', () => Buffer.alloc(0)],
  ['a file of zeros', () => Buffer.alloc(4096)],
])('%s is where the record ends, and is not called broken', async (_, change) => {
  await using folder = await temporaryFolder()
  const { segment } = await tenFacts(folder.path)
  await writeFile(segment, change(await readFile(segment)))
  await using outbox = createOutbox({ folder: folder.path, clock: later })
  const facts = await everything(outbox)
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_fact, index) => index))
  expect(facts.length).toBeLessThan(10)
  expect(outbox.broken()).toEqual([])
})

test('a broken line is kept and reported, and what follows it is sent: the controller notes that one is missing', async () => {
  await using folder = await temporaryFolder()
  const { segment, epoch } = await tenFacts(folder.path)
  const lines = (await readFile(segment, 'utf8')).split('\n')
  lines[4] = `${lines[4]?.slice(0, 30)} damaged`
  await writeFile(segment, lines.join('\n'))
  const broken: BrokenLine[] = []
  await using outbox = createOutbox({ folder: folder.path, clock: later, onBroken: (line) => broken.push(line) })
  expect((await everything(outbox)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9])
  expect(broken.map(({ reason }) => reason)).toEqual(['not a fact'])
  expect(Buffer.from(broken[0]?.bytes ?? '', 'base64').toString()).toContain('damaged')
  expect(broken[0]?.epoch).toBe(epoch)
})

test('facts before and after a broken line never come in one portion, because within one the chain must be whole', async () => {
  await using folder = await temporaryFolder()
  const { segment } = await tenFacts(folder.path)
  const lines = (await readFile(segment, 'utf8')).split('\n')
  lines[4] = 'damaged'
  await writeFile(segment, lines.join('\n'))
  await using outbox = createOutbox({ folder: folder.path, clock: later })
  const reader = await outbox.reader()
  const limits = { facts: 100, bytes: 64 * 1024 }
  const portions = [await reader.read(limits), await reader.read(limits), await reader.read(limits)]
  expect(portions.map((facts) => facts.map(({ seq }) => seq))).toEqual([[0, 1, 2, 3], [5, 6, 7, 8, 9], []])
})

test('a broken line is reported once, however often it is read', async () => {
  await using folder = await temporaryFolder()
  const { segment } = await tenFacts(folder.path)
  await appendFile(segment, 'rubbish\n')
  const broken: BrokenLine[] = []
  await using outbox = createOutbox({ folder: folder.path, clock: later, onBroken: (line) => broken.push(line) })
  await everything(outbox)
  await everything(outbox)
  expect(broken).toHaveLength(1)
})

test('a fact that was changed afterwards is sent, and the break of its chain is reported', async () => {
  await using folder = await temporaryFolder()
  const { segment } = await tenFacts(folder.path)
  await writeFile(segment, (await readFile(segment, 'utf8')).replace('number-3', 'number-X'))
  await using outbox = createOutbox({ folder: folder.path, clock: later })
  expect(commands(await everything(outbox))).toHaveLength(10)
  expect(outbox.broken().map(({ reason, bytes }) => [reason, bytes])).toEqual([
    ['does not follow the line before it', null],
  ])
})

test('an epoch of nothing but broken lines stays, because what it was is not known', async () => {
  await using folder = await temporaryFolder()
  const { segment, epoch } = await tenFacts(folder.path)
  await writeFile(segment, 'rubbish\nmore rubbish\n')
  await using outbox = createOutbox({ folder: folder.path, clock: later })
  expect(await everything(outbox)).toEqual([])
  const names = await readdir(folder.path)
  expect(names).toContain(epoch)
})

test('an unreadable note of what was acknowledged only means sending again', async () => {
  await using folder = await temporaryFolder()
  const { epoch } = await tenFacts(folder.path)
  await writeFile(join(folder.path, epoch, 'acked'), Buffer.alloc(3))
  expect(await everything(createOutbox({ folder: folder.path, clock: later }))).toHaveLength(10)
})

test('foreign files in the folder are left alone', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'lost+found'))
  await writeFile(join(folder.path, 'note.txt'), 'hello')
  await using outbox = createOutbox({ folder: folder.path, clock })
  await outbox.report(refused(0))
  expect(await everything(outbox)).toHaveLength(1)
  expect(await readdir(folder.path)).toEqual(expect.arrayContaining(['lost+found', 'note.txt']))
})

test('folders that a killed process did not finish are cleared away', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, '.making-999999999-abcd'))
  await everything(createOutbox({ folder: folder.path, clock }))
  expect(await readdir(folder.path)).toEqual([])
})

test('whatever a disk may have done to a segment, reading it never throws and never invents a fact', async () => {
  await using folder = await temporaryFolder()
  const { segment } = await tenFacts(folder.path)
  const original = await readFile(segment)
  const real = new Set(original.toString().split('\n'))
  const damage = fc.record({
    at: fc.nat(original.length - 1),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    cut: fc.option(fc.nat(original.length)),
  })
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, bytes, cut }) => {
      const damaged = Buffer.from(original)
      await mkdir(dirname(segment), { recursive: true })
      damaged.set(bytes.subarray(0, damaged.length - at), at)
      await writeFile(segment, damaged)
      if (cut !== null) await truncate(segment, cut)
      const facts = await everything(createOutbox({ folder: folder.path, clock: { ...later } }))
      expect(facts.every(({ line }) => real.has(line) || JSON.parse(line).v === 1)).toBe(true)
    }),
    { numRuns: 60 },
  )
})
