import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundles, makeBundles } from '../../scripts/prove/namespace/bundles.ts'
import { agentOf, type LeftOut } from '../../scripts/prove/orders/agent.ts'
import { ordersObstacle } from '../../scripts/prove/orders/available.ts'
import { imagesAt, pendingAt, pointsOf } from '../../scripts/prove/orders/choose.ts'
import { type Exploration, explore } from '../../scripts/prove/orders/explore.ts'
import { type Entry, openStage } from '../../scripts/prove/orders/stage.ts'
import type { Subject } from '../../scripts/prove/orders/story.ts'
import { subjectOf } from '../../scripts/prove/orders/subjects.ts'
import { callsIn, stepAt } from '../../scripts/prove/orders/timeline.ts'
import { freshSeed, Random } from '../../scripts/prove/random.ts'

const write = (disk: number, length = 4096): Entry => ({ write: true, disk, length, offset: 0, atS: 0 })
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

  test('a write of one sector is never torn', () => {
    const images = imagesAt([write(0, 512), write(0, 512)], 2, 100, new Random(1))
    expect(images.filter(({ torn }) => torn !== null)).toEqual([])
  })

  test('the moment is told as the last call that the agent had begun', () => {
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

const obstacle = ordersObstacle()
const leftOut = obstacle === null ? '' : ` (left out: ${obstacle})`

/** A share of `pnpm prove --world orders`. */
describe.skipIf(obstacle !== null)(`whatever order the writes reach the disk in${leftOut}`, () => {
  let bundles: Bundles
  beforeAll(async () => {
    bundles = await makeBundles()
  })

  async function run(subject: Subject, control: LeftOut | null): Promise<Exploration> {
    const keepAt = join(tmpdir(), `chaos-lite-orders-test-${process.pid}`)
    await using stage = openStage()
    const { signal: stop } = new AbortController()
    const agent = agentOf(bundles, control)
    const share = control === null ? { points: 6 } : { once: true }
    try {
      return await explore(stage, subject, { agent, seed: subject.seed, atMost: 6, keepAt, stop, ...share })
    } finally {
      await rm(keepAt, { recursive: true, force: true })
    }
  }

  const seed = freshSeed()
  test(`the host comes back from a recording with the fresh seed ${seed}`, async () => {
    const subject = { ...subjectOf(seed, {}), syncSeed: null }
    const found = await run(subject, null)
    expect(found.broken, JSON.stringify(subject)).toEqual([])
    // Equal states only would mean that nothing was recorded.
    expect(found.states).toBeGreaterThan(1)
  })

  test.each(['files', 'folders'] as const)('it would not, if the agent did not sync its %s', async (control) => {
    const plain = { seed: 1, action: 'hosts.override', scene: 0, disk: 'ext4-noauto' } as const
    const found = await run({ ...plain, layout: 'two', story: 'undisturbed', syncSeed: null }, control)
    expect(found.broken.flatMap(({ aftermath }) => aftermath.broken)).not.toEqual([])
  })
})
