import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundles, makeBundles } from '../../scripts/prove/namespace/bundles.ts'
import { freshSeed } from '../../scripts/prove/random.ts'
import { agentOf, type LeftOut } from '../../scripts/prove/write-orders/agent.ts'
import { ordersObstacle } from '../../scripts/prove/write-orders/available.ts'
import { type Exploration, explore } from '../../scripts/prove/write-orders/explore.ts'
import { openStage } from '../../scripts/prove/write-orders/stage.ts'
import type { Subject } from '../../scripts/prove/write-orders/story.ts'
import { subjectOf } from '../../scripts/prove/write-orders/subjects.ts'

const obstacle = ordersObstacle()
const leftOut = obstacle === null ? '' : ` (left out: ${obstacle})`

/** A share of `npm run prove -- --world orders`. */
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
