import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diffManifests } from '../../scripts/lab/manifest.ts'
import { proved, provedNamed } from '../../scripts/prove/actions.ts'
import { proofObstacle } from '../../scripts/prove/available.ts'
import { type Bundles, makeBundles } from '../../scripts/prove/namespace/bundles.ts'
import { NamespaceWorld } from '../../scripts/prove/namespace/world.ts'
import { type Finding, perform, rehearsal } from '../../scripts/prove/perform.ts'
import { PointBook } from '../../scripts/prove/points.ts'
import { fits } from '../../scripts/prove/proved.ts'
import { freshSeed } from '../../scripts/prove/random.ts'
import { replay, runOrder } from '../../scripts/prove/run.ts'
import type { Schedule } from '../../scripts/prove/schedule.ts'
import { FOUND } from './found.ts'

/** A share of `npm run prove`: the same schedules each time, and some that nobody has run before. */
const ALWAYS = { seed: 42, schedules: 12 }
/** A lease takes its ten seconds: it ends while the others are at work. */
const CUT_OFF: Schedule = {
  ...{ seed: null, world: 'namespace', action: 'hosts.override', scene: 1, scenario: 'cut off' },
  steps: [{ do: 'drill', cut: 'held', silent: true }],
}
const ANEW = { seed: freshSeed(), schedules: 12 }

const obstacle = proofObstacle()
const leftOut = obstacle === null ? '' : ` (left out: ${obstacle})`

describe.skipIf(obstacle !== null)(`whatever strikes the agent at its system calls${leftOut}`, () => {
  const book = new PointBook()
  let bundles: Bundles
  let machine: string
  const openWorld = () => NamespaceWorld.open(bundles)
  let cutOff: Promise<Finding>
  const ownHosts = () => readFileSync('/etc/hosts', 'utf8')

  beforeAll(async () => {
    machine = ownHosts()
    bundles = await makeBundles()
    cutOff = replay(openWorld, CUT_OFF)
    cutOff.catch(() => undefined)
  })
  afterAll(() => expect(ownHosts()).toBe(machine))

  async function run({ seed, schedules }: typeof ALWAYS): Promise<Finding[]> {
    const findings: Finding[] = []
    const choice = { world: 'namespace', action: null, scenario: null, disk: null, quick: true } as const
    const { signal } = new AbortController()
    const onFinding = (finding: Finding) => void findings.push(finding)
    const onFailure = (_: number, thrown: unknown) => {
      throw thrown
    }
    const how = { forMs: 120_000, jobs: 2, stop: signal, book }
    await runOrder({ choice, seed, schedules, openWorld, onFinding, onFailure, ...how })
    return findings
  }

  function expectKept(findings: readonly Finding[]): void {
    const broken = findings.filter((finding) => finding.broken.length > 0)
    const reports = broken.map(({ schedule, broken, log }) => [JSON.stringify(schedule), ...broken, ...log].join('\n'))
    expect(reports).toEqual([])
    // Without blows the promise is kept by luck.
    const struck = findings.filter((finding) => finding.struck)
    expect(struck.length).toBeGreaterThan(findings.length / 2)
  }

  test.each(proved.filter(({ only }) => only !== 'lab').map(({ action }) => [action]))(
    'the host is as before after an undisturbed %s',
    async (action) => {
      const steps: Schedule['steps'] = [{ do: 'rehearse', holdMs: 300 }]
      const schedule: Schedule = { seed: null, world: 'namespace', action, scene: 0, scenario: 'nothing', steps }
      const finding = await replay(openWorld, schedule)
      expect(finding.broken, finding.log.join('\n')).toEqual([])
    },
  )

  test('no set-up is left changed by an undisturbed failure, or by one that is refused', async () => {
    const set = proved
      .filter(({ only }) => only !== 'lab')
      .flatMap(({ action, settings }) =>
        settings.flatMap((one, scene) =>
          scene > 0 && fits(one, scene, 'namespace', 'nothing') ? [{ action, scene }] : [],
        ),
      )
    const steps: Schedule['steps'] = [{ do: 'rehearse', holdMs: 300 }]
    const findings: Finding[] = []
    await using world = await openWorld()
    for (const one of set) {
      findings.push(await perform(world, { seed: null, world: 'namespace', scenario: 'nothing', steps, ...one }))
    }
    expectKept(findings)
  })

  test('what somebody does meanwhile is seen when it is lost', async () => {
    await using world = await openWorld()
    await world.fresh(provedNamed('permission.revoke'), 0)
    const [person] = provedNamed('permission.revoke').people ?? []
    expect(await world.shell(person?.does ?? 'false')).toBe(true)
    expect(await world.shell(person?.still ?? 'false')).toBe(true)
    expect(await world.shell('rm /srv/plans/note-of-a-person.txt')).toBe(true)
    expect(await world.shell(person?.still ?? 'true')).toBe(false)
  })

  test('what is left of a failure whose agent was killed is seen: a process that stays suspended', async () => {
    await using world = await openWorld()
    const fault = { kind: 'kill while held' } as const
    await world.fresh(provedNamed('process.stop'), 0)
    const before = await world.manifest()
    const step = { do: 'rehearse', holdMs: 600_000, fault } as const
    await world.agent({ args: rehearsal({ action: 'process.stop', scene: 0 }, step), fault })
    expect(diffManifests(before, await world.manifest())).toEqual([
      'processes erp-worker 0: is was at work, is suspended',
      'processes erp-worker 1: is was at work, is suspended',
    ])
  })

  test(`the host comes back, in ${ALWAYS.schedules} schedules from seed ${ALWAYS.seed}`, async () => {
    expectKept(await run(ALWAYS))
  })

  test(`the host comes back, in ${ANEW.schedules} schedules from the fresh seed ${ANEW.seed}`, async () => {
    expectKept(await run(ANEW))
  })

  test('the host rolls itself back when the controller is cut off', async () => {
    const finding = await cutOff
    expect(finding.broken, finding.log.join('\n')).toEqual([])
    expect(finding.log.join('\n')).toContain('"restoration":"identical"')
  })

  test.each(FOUND)('the host comes back where it once did not: %s', async (_, schedule) => {
    const finding = await replay(openWorld, schedule)
    expect(finding.struck, finding.log.join('\n')).toBe(true)
    expect(finding.broken, finding.log.join('\n')).toEqual([])
  })
})
