import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { provedNamed } from '../scripts/prove/actions.ts'
import { matrixPage } from '../scripts/prove/page.ts'
import { Random } from '../scripts/prove/random.ts'
import { Tally } from '../scripts/prove/tally.ts'
import { imagesAt, pendingAt, pointsOf } from '../scripts/prove/write-orders/choose.ts'
import { ImageOf } from '../scripts/prove/write-orders/image-of.ts'
import type { Entry } from '../scripts/prove/write-orders/stage.ts'
import { rowOf, subjectOf } from '../scripts/prove/write-orders/subjects.ts'
import { callsIn, stepAt } from '../scripts/prove/write-orders/timeline.ts'

const write = (disk: number, length = 4096, offset = 4096): Entry => ({ write: true, disk, length, offset, atS: 0 })
const flush = (disk: number): Entry => ({ write: false, disk, length: 0, offset: 0, atS: 0 })

describe('the states that a power cut may leave on disks', () => {
  const entries = [write(0), flush(0), write(0), write(1), flush(1), write(0), write(1)]

  test('the power is cut before each flush, and at the end', () => {
    expect(pointsOf(entries, 0)).toEqual([1, 4, 7])
    expect(pointsOf(entries, 2)).toEqual([4, 7])
  })

  test('a flush makes the writes before it last on its own disk only', () => {
    expect(pendingAt(entries, 1)).toEqual([0])
    expect(pendingAt(entries, 4)).toEqual([2, 3])
    expect(pendingAt(entries, 7)).toEqual([2, 5, 6])
  })

  test('of few writes every subset is built, and one that is torn', () => {
    const images = imagesAt(entries, 7, 100, new Random(1))
    const whole = images.filter(({ torn }) => torn === null).map(({ keep }) => keep.join())
    expect(new Set(whole)).toEqual(new Set(['', '2', '5', '2,5', '6', '2,6', '5,6', '2,5,6']))
    expect(images.filter(({ torn }) => torn?.[0] === 6)).not.toEqual([])
  })

  test('of many writes none, all and a bounded number of others are built: the same ones from the same seed', () => {
    const arbitrary = fc.record({
      count: fc.integer({ min: 5, max: 40 }),
      most: fc.integer({ min: 2, max: 30 }),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(arbitrary, ({ count, most, seed }) => {
        const all = Array.from({ length: count }, () => write(0, 8192))
        const images = imagesAt(all, count, most, new Random(seed))
        expect(images.length).toBeLessThanOrEqual(most)
        expect(images.slice(0, 2).map(({ keep }) => keep.length)).toEqual([0, count])
        expect(new Set(images.map((image) => JSON.stringify(image))).size).toBe(images.length)
        for (const { keep, torn } of images) {
          expect(keep).toEqual([...keep].sort((a, b) => a - b))
          if (torn !== null) expect(keep).toContain(torn[0])
          if (torn !== null) expect(torn[1]).toBeLessThan(8192 / 512)
        }
        expect(imagesAt(all, count, most, new Random(seed))).toEqual(images)
      }),
    )
  })

  test('a write of one sector is never torn, nor the superblock', () => {
    const images = imagesAt([write(0, 512), write(0, 4096, 0)], 2, 100, new Random(1))
    expect(images.filter(({ torn }) => torn !== null)).toEqual([])
  })

  test('the moment is reported as the last call that the agent had begun', () => {
    const trace = [
      '7  100.500000 rename("/etc/.new", "/etc/hosts") = 0',
      '70123 100.700000 fsync(21</etc> <unfinished ...>',
      '7  100.600000 fsync(4</dev/null>) = 0',
    ].join('\n')
    const calls = callsIn(trace)
    expect(stepAt(calls, 100.6)).toBe('step 1 of 2, rename("/etc/.new", "/etc/hosts")')
    expect(stepAt(calls, 101)).toBe('step 2 of 2, fsync(21</etc>)')
    expect(stepAt(calls, 99)).toBe('before its first step')
  })
})

describe('the recordings of consecutive seeds', () => {
  const subjects = Array.from({ length: 42 }, (_, seed) => subjectOf(1000 + seed, {}))

  test('are of set-ups that files alone make: nothing is run or mounted on their disks', () => {
    const many = Array.from({ length: 2000 }, (_, seed) => subjectOf(seed, {}))
    const settings = new Set(many.map(({ action, scene }) => provedNamed(action).settings[scene]))
    expect([...settings].filter((one) => one?.prepare ?? one?.atBoot ?? one?.holds ?? one?.refused)).toEqual([])
    expect(settings.size).toBeGreaterThan(10)
  })

  test('take every action on every kind of disk', () => {
    expect(new Set(subjects.map((one) => `${one.action} ${rowOf(one)}`)).size).toBe(42)
  })

  test('are the same for the same seed, and keep to what was asked for', () => {
    expect(subjectOf(1007, {})).toEqual(subjects[7])
    const some = Array.from({ length: 20 }, (_, seed) => subjectOf(seed, { action: 'disk.fill', disk: 'xfs' }))
    expect(new Set(some.map(({ action, disk }) => `${action} ${disk}`))).toEqual(new Set(['disk.fill xfs']))
    expect(new Set(some.map(({ layout }) => layout)).size).toBe(2)
  })

  test('are refused for an action that changes no file', () => {
    expect(() => subjectOf(1, { action: 'network.block' })).toThrow('changes no file')
  })
})

describe('the table of recorded disks', () => {
  const cell = { action: 'hosts.override', world: 'orders', changed: 0, falseIdentical: 0, stuck: 0 }
  const state: ImageOf = { recording: 'dist/prove-orders/7', point: 12, keep: [9, 11], torn: [11, 3] }
  const tally = Tally.parse({
    format: 1,
    date: '2026-01-01 10:00',
    commit: 'abc',
    machine: 'one',
    program: 'f00',
    seed: 7,
    worlds: ['orders'],
    disks: ['xfs'],
    seconds: 60,
    missed: 0,
    cells: [
      { ...cell, scenario: 'xfs, two', run: 100, points: 30, states: 20 },
      { ...cell, scenario: 'xfs, two', run: 11, points: 3, states: 2, changed: 1 },
    ],
    broken: [JSON.stringify(state)],
  })

  test('adds up the states of disks, apart from schedules', () => {
    const page = matrixPage([tally])
    expect(page).toContain('**0 schedules: 0 hosts left changed')
    expect(page).toContain('**111 states of disks after 33 power cuts, 22 hosts that booted')
    expect(page).toContain('| xfs, two | 111, **1 changed** (33 cuts, 22 hosts) |')
  })

  test('names what broke so that it can be built again', () => {
    expect(matrixPage([tally])).toContain(JSON.stringify(state))
    expect(ImageOf.parse(JSON.parse(JSON.stringify(state)))).toEqual(state)
  })
})
