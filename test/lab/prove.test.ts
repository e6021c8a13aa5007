import { afterAll, beforeAll, expect, test } from 'vitest'
import { installationMedia } from '../../scripts/prove/lab/build.ts'
import { LabWorld } from '../../scripts/prove/lab/world.ts'
import { perform } from '../../scripts/prove/perform.ts'
import type { Schedule, Step } from '../../scripts/prove/schedule.ts'
import { describeLab } from './support/describe-lab.ts'
import { thoroughly } from './support/thoroughly.ts'

const held: Step = { do: 'rehearse', holdMs: 600_000, fault: { kind: 'kill while held' } }

describeLab('what only real hosts can prove', () => {
  let world: LabWorld
  beforeAll(async () => {
    world = new LabWorld(await installationMedia())
  })
  afterAll(async () => await world?.[Symbol.asyncDispose]())

  async function expectKept(action: string, scenario: string, ...steps: Step[]): Promise<void> {
    const schedule: Schedule = { seed: null, world: 'lab', disk: 'ext4', action, scene: 0, scenario, steps }
    const finding = await perform(world, schedule)
    expect([...finding.broken, ...(finding.broken.length > 0 ? finding.log : [])]).toEqual([])
    expect(finding.struck).toBe(true)
  }

  thoroughly('a share comes back after a power cut while it was off', () =>
    expectKept('share.disconnect', 'power cut', held, { do: 'power cut' }),
  )

  thoroughly('a host that restarts has everything running again', () =>
    expectKept('host.restart', 'restarted', { do: 'restart' }),
  )

  test('a power cut right after a restart was ordered lets everything run again', () =>
    expectKept('host.restart', 'restart cut short', { do: 'restart', cutAfterMs: 300 }))
})
