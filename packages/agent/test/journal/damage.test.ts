import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { openJournal } from '../../src/journal/file-journal.ts'
import { readProgress } from '../../src/journal/progress.ts'
import type { RecordState } from '../../src/journal/record.ts'
import { headWith, RECORD } from '../fixtures/heads.ts'

/** From these, recovery compares with the host and rolls back. */
const putsBack: readonly RecordState[] = ['injecting', 'injected', 'reverting', 'stuck']
const chain: readonly RecordState[] = ['armed', 'injecting', 'injected', 'reverting', 'reverted']

/** A way in which a crash or a bad disk leaves a file. */
type Damage =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'nul tail'; readonly at: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('nul tail' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
)

function damaged(bytes: Buffer, how: Damage): Buffer {
  const at = how.at % bytes.length
  const copy = Buffer.from(bytes)
  if (how.kind === 'cut') return copy.subarray(0, at)
  if (how.kind === 'nul tail') return copy.fill(0, at)
  copy[at] = (copy[at] ?? 0) ^ (1 << how.bit)
  return copy
}

/** The progress file of a record in each state. */
const progress = new Map<RecordState, Buffer>()
let folder: string
let place: string
let head: Buffer

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'chaos-lite-damage-')), 'journal')
  const journal = openJournal(folder)
  const stage = await journal.stage(RECORD)
  writeFileSync(join(stage.folder, 'image'), 'the saved original')
  place = (await stage.commit(headWith(), 'by hand')).folder
  for (const state of chain) {
    await journal.mark(RECORD, state)
    progress.set(state, readFileSync(join(place, 'progress.jsonl')))
  }
  writeFileSync(join(place, 'progress.jsonl'), progress.get('injected') ?? '')
  head = readFileSync(join(place, 'head.json'))
})

describe('progress that a crash or a disk damaged', () => {
  test('is never `reverted` unless it was, and never `armed` once it was begun and damaged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...chain), damage, (state, how) => {
        const whole = progress.get(state) ?? Buffer.alloc(0)
        const bytes = damaged(whole, how)
        const read = readProgress(bytes, RECORD).state
        if (bytes.equals(whole)) {
          expect(read).toBe(state)
          return
        }
        if (state !== 'reverted') expect(read).not.toBe('reverted')
        // A NUL tail from the very start of a line is what a line that was never written looks like.
        const looksUnwritten = how.kind === 'nul tail' && (how.at % whole.length) % 1024 === 0
        if (!looksUnwritten) expect(putsBack).toContain(read)
      }),
      { numRuns: 3_000 },
    )
  })

  test('rolls back whichever byte is cut, and accepts a file of no bytes', () => {
    const whole = progress.get('injected') ?? Buffer.alloc(0)
    for (let at = 0; at < 4 * 1024; at += 7) {
      expect(putsBack).toContain(readProgress(whole.subarray(0, at), RECORD).state)
    }
    expect(readProgress(Buffer.alloc(0), RECORD).state).toBe('injecting')
  })

  test('rolls back when the whole file is NUL bytes', () => {
    expect(readProgress(Buffer.alloc(16 * 1024), RECORD).state).toBe('injecting')
  })

  test('takes the last whole line where the next one is torn', () => {
    const bytes = Buffer.from(progress.get('reverting') ?? '')
    bytes.fill(0, 3 * 1024 + 100, 4 * 1024)
    expect(readProgress(bytes, RECORD).state).toBe('injected')
  })

  test('can be marked further after any damage', async () => {
    const journal = openJournal(folder)
    const whole = progress.get('injected') ?? Buffer.alloc(0)
    for (const at of [0, 1, 500, 1024, 1500, 3000, 5000]) {
      writeFileSync(join(place, 'progress.jsonl'), whole.subarray(0, at))
      await journal.mark(RECORD, 'reverting')
      expect((await journal.read(RECORD))?.state).toBe('reverting')
    }
    writeFileSync(join(place, 'progress.jsonl'), whole)
  })
})

describe('a head that a crash or a disk damaged', () => {
  test('is the same head, or unreadable: never another one, and never nothing', async () => {
    const journal = openJournal(folder)
    const path = join(place, 'head.json')
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const bytes = damaged(head, how)
        writeFileSync(path, bytes)
        const listing = await journal.list()
        expect(listing.records.length + listing.unreadable.length).toBe(1)
        if (bytes.equals(head)) expect(listing.records[0]?.head).toEqual(headWith())
        else expect(listing.unreadable).toHaveLength(1)
      }),
      { numRuns: 500 },
    )
    writeFileSync(path, head)
  })

  test('is noticed at every single byte', async () => {
    const journal = openJournal(folder)
    const path = join(place, 'head.json')
    for (let at = 0; at < head.length; at += 1) {
      writeFileSync(path, damaged(head, { kind: 'flip', at, bit: at % 8 }))
      await expect(journal.read(RECORD)).rejects.toMatchObject({ code: 'journal-unreadable' })
    }
    writeFileSync(path, head)
  })
})

test('a damaged saved original is never used', async () => {
  const journal = openJournal(folder)
  const path = join(place, 'image')
  const image = readFileSync(path)
  for (let at = 0; at < image.length; at += 1) {
    for (const how of [{ kind: 'flip', at, bit: 3 } as const, { kind: 'cut', at } as const]) {
      writeFileSync(path, damaged(image, how))
      await expect(journal.read(RECORD)).rejects.toMatchObject({ code: 'journal-unreadable' })
    }
  }
  writeFileSync(path, image)
  expect((await journal.read(RECORD))?.state).toBe('injected')
  expect(readdirSync(folder)).toEqual([RECORD])
})
