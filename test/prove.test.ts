import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { proved } from '../scripts/prove/actions.ts'
import { countsOf, strikable, struckIn, traced } from '../scripts/prove/calls.ts'
import { draw } from '../scripts/prove/draw.ts'
import { judge, outcomesIn, outcomesInLines } from '../scripts/prove/judge.ts'
import { COUNTS, PAGE, readTallies, sameProgram } from '../scripts/prove/kept.ts'
import { matrixPage } from '../scripts/prove/page.ts'
import { noteIn, unexplained } from '../scripts/prove/people.ts'
import { peopleOf, policyFor } from '../scripts/prove/proved.ts'
import { Random } from '../scripts/prove/random.ts'
import { scenarios } from '../scripts/prove/scenarios.ts'
import { Schedule } from '../scripts/prove/schedule.ts'
import { Counter, sum, type Tally } from '../scripts/prove/tally.ts'
import type { Ended } from '../scripts/prove/world.ts'

const counts = new Map([
  ['fsync', 9],
  ['openat', 40],
  ['rename', 3],
])
const pointsOf = async () => ({ rehearse: counts, recover: counts, drill: counts })
const choice = { world: 'namespace', action: null, scenario: null, disk: null } as const
const ended: Ended = { code: 0, stdout: '', stderr: '', struck: null, hung: false, counts: null }
const fine = {
  ended: [ended],
  outcomes: [],
  differences: [],
  settled: true,
  restartsStill: false,
  faultless: false,
  mayBeStuck: false,
}

describe('a seed', () => {
  it('gives the same schedule each time, and another seed another one', async () => {
    const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => draw(seed, choice, pointsOf)))
    expect(first).toEqual(again)
    expect(first).not.toEqual(other)
  })

  it('gives schedules that can be printed and given back', async () => {
    for (const world of ['namespace', 'lab'] as const) {
      for (let seed = 0; seed < 200; seed += 1) {
        const schedule = await draw(seed, { ...choice, world }, pointsOf)
        expect(Schedule.parse(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule)
      }
    }
  })

  it('reaches every action and every scenario of its world sooner or later', async () => {
    const drawn = await Promise.all(Array.from({ length: 600 }, (_, seed) => draw(seed, choice, pointsOf)))
    expect(new Set(drawn.map(({ scenario }) => scenario))).toEqual(
      new Set(scenarios.filter(({ worlds }) => worlds.includes('namespace')).map(({ name }) => name)),
    )
    expect(new Set(drawn.map(({ action }) => action)).size).toBe(proved.filter(({ only }) => only !== 'lab').length)
  })

  it('lets a host that restarts itself be befallen by nothing else that takes it down, and no other host by what is its own', async () => {
    const lab = { ...choice, world: 'lab' } as const
    const drawn = await Promise.all(Array.from({ length: 2000 }, (_, seed) => draw(seed, lab, pointsOf)))
    const restarts = drawn.filter(({ action }) => action === 'host.restart')
    const names = (all: readonly Schedule[]) => new Set(all.map(({ scenario }) => scenario))
    expect(names(restarts)).toEqual(
      new Set(scenarios.filter(({ restart }) => restart !== undefined).map(({ name }) => name)),
    )
    const outages = new Set(['reboot', 'power cut', 'restore snapshot'])
    expect(restarts.flatMap(({ steps }) => steps).filter((step) => outages.has(step.do))).toEqual([])
    const others = drawn.filter(({ action }) => action !== 'host.restart')
    expect(others.flatMap(({ steps }) => steps).filter((step) => step.do === 'restart')).toEqual([])
    expect(names(others.filter(({ action }) => action === 'share.disconnect'))).toContain('power cut')
  })

  it('draws only actions that the scenario asked for can befall', async () => {
    const cut = { ...choice, world: 'lab', scenario: 'restart cut short' } as const
    for (let seed = 0; seed < 50; seed += 1) {
      const { action, steps } = await draw(seed, cut, pointsOf)
      expect(action).toBe('host.restart')
      expect(steps).toEqual([{ do: 'restart', cutAfterMs: expect.any(Number) }])
    }
    await expect(draw(1, { ...cut, action: 'hosts.override' }, pointsOf)).rejects.toThrow(/restart cut short/)
    await expect(draw(1, { ...choice, action: 'host.restart' }, pointsOf)).rejects.toThrow(/no proof of host.restart/)
  })

  it('strikes only at calls that the program makes, as often as it makes them', async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      for (const step of (await draw(seed, choice, pointsOf)).steps) {
        const fault = 'fault' in step ? step.fault : undefined
        if (fault === undefined || fault.kind === 'kill while held') continue
        expect(fault.nth).toBeLessThanOrEqual(counts.get(fault.call) ?? 0)
      }
    }
  })

  it('spreads evenly', () => {
    const random = new Random(1)
    const seen = Array.from({ length: 10 }, () => 0)
    for (let index = 0; index < 10_000; index += 1) seen[random.below(10)] = (seen[random.below(10)] ?? 0) + 1
    expect(Math.min(...seen)).toBeGreaterThan(850)
  })
})

describe('a trace', () => {
  it('is counted by its busiest thread, small process numbers included', () => {
    const trace =
      '  7 fsync(3) = 0\n7     fsync(3) = 0\n12345 fsync(3) = 0\n12345 fsync(4) = 0\n7     rename("a", "b") = 0\n'
    expect(countsOf(trace)).toEqual(
      new Map([
        ['fsync', 2],
        ['rename', 1],
      ]),
    )
  })

  it('shows whether the fault came', () => {
    const kill = { kind: 'kill', call: 'fsync', nth: 1 } as const
    const error = { kind: 'error', call: 'fsync', nth: 1, error: 'EIO', lasting: false } as const
    expect(struckIn('12 +++ killed by SIGKILL +++', kill)).toBe(true)
    expect(struckIn('12 +++ exited with 0 +++', kill)).toBe(false)
    expect(struckIn('12 fsync(3) = -1 EIO (Input/output error) (INJECTED)', error)).toBe(true)
    expect(struckIn('12 fsync(3) = 0', error)).toBe(false)
  })

  it('is never asked to send a signal by a way in which strace does not', () => {
    expect(traced('t', { kind: 'kill', call: 'fsync', nth: 2 })).not.toContain('--seccomp-bpf')
    expect(traced('t', { kind: 'kill', call: 'fsync', nth: 2 })).toContain('inject=fsync:signal=KILL:when=2')
    const lasting = { kind: 'error', call: 'rename', nth: 3, error: 'ENOSPC', lasting: true } as const
    expect(traced('t', lasting)).toContain('inject=rename:error=ENOSPC:when=3+')
  })

  it('is taken at the call that takes a share off, where there is one', () => {
    expect(traced('t', null).join(' ')).toMatch(/trace=.*umount2/)
    expect(strikable(new Map([['umount2', 1]]), null)).toEqual(['umount2'])
    expect(strikable(new Map([['umount2', 1]]), 'EIO')).toEqual([])
  })

  it('offers no error that no disk would give', () => {
    const all = new Map([...counts, ['write', 5], ['unlink', 1]])
    expect(strikable(all, 'ENOSPC')).not.toContain('write')
    expect(strikable(all, 'ENOSPC')).not.toContain('unlink')
    expect(strikable(all, null)).toContain('write')
  })
})

describe('the judgement', () => {
  const said = (restoration: string, byHand: string | null = null) => [{ restoration, byHand }]

  it('finds nothing wrong where nothing is', () => {
    expect(judge(fine).broken).toEqual([])
  })

  it('sees a host left changed, and a false "identical" beside it', () => {
    const verdict = judge({ ...fine, differences: ['files /etc/hosts: size'], outcomes: said('identical') })
    expect(verdict).toMatchObject({ changed: true, falseIdentical: true })
    expect(verdict.broken).toHaveLength(2)
  })

  it('wants words that a person can act on with "stuck" and "unknown"', () => {
    const words = 'The disk answers EIO. Follow /var/lib/chaos-lite/journal/X/UNDO.txt on this host.'
    expect(judge({ ...fine, outcomes: said('stuck', words) }).broken).toEqual([])
    expect(judge({ ...fine, outcomes: said('unknown') }).broken).toHaveLength(1)
  })

  it('sees a record that stays open for no reason', () => {
    expect(judge({ ...fine, settled: false }).broken).toHaveLength(1)
  })

  it('sees a host that restarts although nothing is open any more', () => {
    expect(judge({ ...fine, restartsStill: true }).broken).toEqual([expect.stringMatching(/restarts nevertheless/)])
  })

  it('lets "stuck" pass only where a person truly has to act', () => {
    const stuck = { ...fine, settled: false, differences: ['x'], outcomes: said('stuck', 'Moved away. See UNDO.txt') }
    expect(judge({ ...stuck, mayBeStuck: true }).broken).toEqual([])
    expect(judge(stuck).broken.length).toBeGreaterThan(0)
  })

  it('sees a program that hangs, and an undisturbed one that fails', () => {
    expect(judge({ ...fine, ended: [{ ...ended, hung: true }] }).broken).toHaveLength(1)
    expect(judge({ ...fine, faultless: true, ended: [{ ...ended, code: 2 }] }).broken).toHaveLength(1)
  })

  it('reads the lines of the units at boot', () => {
    const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
    const said = `Starting\nhosts.override (${id}): ours undone, 9 items compared\n  kept: x\ndisk.fill (${id}): stuck, 0 items compared\n  DO THIS BY HAND: rm`
    expect(outcomesInLines(said)).toEqual([
      { restoration: 'ours undone', byHand: 'rm' },
      { restoration: 'stuck', byHand: 'rm' },
    ])
  })

  it('reads what rehearse and revert print, and nothing from a line cut short', () => {
    const revert = JSON.stringify({ ok: true, outcomes: [{ restoration: 'identical', byHand: null }] })
    const rehearse = JSON.stringify({ ok: false, restoration: 'stuck', byHand: 'x' })
    expect(outcomesIn(`${revert}\n${rehearse}\n{"restoration":"iden`).map((one) => one.restoration)).toEqual([
      'identical',
      'stuck',
    ])
  })
})

describe('the table', () => {
  const schedule = {
    seed: 1,
    world: 'namespace',
    action: 'hosts.override',
    scene: 0,
    scenario: 'killed',
    steps: [],
  } as const
  const finding = {
    schedule: { ...schedule, steps: [] },
    ...{ struck: true, changed: false, falseIdentical: false, differences: [], stuck: [], broken: [], log: [] },
  }
  const tally = (counter: Counter): Tally => ({
    format: 1,
    ...{
      date: '2026-11-22 10:00',
      commit: 'abc1234',
      machine: '2 × CPU',
      program: 'f00',
      seed: 1,
      worlds: ['namespace'],
      disks: [],
    },
    ...{ seconds: 60, missed: counter.missed, cells: [...counter.cells], broken: [] },
  })

  it('counts nothing that was never struck', () => {
    const counter = new Counter()
    counter.add(finding)
    counter.add({ ...finding, struck: false })
    expect(counter).toMatchObject({ run: 1, missed: 1 })
    expect(matrixPage([tally(counter)])).toContain('**1 schedules: 0 hosts left changed')
  })

  it('adds several runs up, and shows what went wrong in bold', () => {
    const counter = new Counter()
    counter.add(finding)
    counter.add({ ...finding, changed: true, falseIdentical: true })
    const twice = [tally(counter), tally(counter)]
    expect(sum(twice)).toMatchObject([{ run: 4, changed: 2, falseIdentical: 2 }])
    expect(matrixPage(twice)).toMatch(/4, \*\*2 changed\*\*, \*\*2 false identical\*\*/)
  })
})

describe('the published table', () => {
  it('is what its counts make', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(matrixPage(await readTallies([COUNTS])))
  })

  it('adds counts up only where the program is the same', () => {
    const of = (program: string, seed: number) => ({ program, seed }) as Tally
    const added = sameProgram([of('old', 1), of('new', 2)], [of('new', 3)])
    expect(added.map(({ seed }) => seed)).toEqual([2, 3])
  })
})

describe('set-ups of hosts', () => {
  const all = proved.flatMap(({ action, settings }) => settings.map((one) => ({ action, ...one })))

  it('are at least 30, each named once, and at least 25 of them let the failure start', () => {
    expect(new Set(all.map(({ action, title }) => `${action}: ${title}`)).size).toBe(all.length)
    expect(all.length).toBeGreaterThanOrEqual(30)
    expect(all.filter(({ refused }) => refused !== true).length).toBeGreaterThanOrEqual(25)
  })

  it('are all listed in the published page', async () => {
    const page = await readFile(PAGE, 'utf8')
    for (const { title } of all) expect(page).toContain(title)
  })

  it('are drawn only in their own world, and only undisturbed where the agent refuses', async () => {
    for (const world of ['namespace', 'lab'] as const) {
      for (let seed = 0; seed < 400; seed += 1) {
        const { action, scene, scenario } = await draw(seed, { ...choice, world }, pointsOf)
        const setting = proved.find((one) => one.action === action)?.settings[scene]
        expect(setting?.only ?? world).toBe(world)
        if (setting?.refused === true) expect(scenario).toBe('nothing')
      }
    }
  })
})

describe('what somebody did meanwhile', () => {
  const person = noteIn('/srv/plans')

  it('is no difference, and everything else is', () => {
    const own = 'files /srv/plans/note-of-a-person.txt: appeared (type file)'
    expect(unexplained([own, 'files /etc/hosts: size was 1, is 2'], [person])).toEqual([
      'files /etc/hosts: size was 1, is 2',
    ])
    expect(unexplained(['files /srv/plans: mode was 0750, is 0700'], [person])).toHaveLength(1)
  })

  it('is drawn for every action, in each world in which it is proved, and only where it can be done', async () => {
    for (const world of ['namespace', 'lab'] as const) {
      const people = { ...choice, world, scenario: 'people' } as const
      // Nobody has the time to work on a host that restarts.
      const lasting = proved.filter(({ only = world, restarts }) => only === world && restarts !== true)
      for (const one of lasting) {
        const drawn = await Promise.all(
          Array.from({ length: 60 }, (_, seed) => draw(seed, { ...people, action: one.action }, pointsOf)),
        )
        for (const { scene, steps } of drawn) {
          const [what = -1] = steps.flatMap((step) => (step.do === 'people' ? [step.what] : []))
          expect(peopleOf(one, scene)[what]?.only ?? world).toBe(world)
        }
      }
    }
  })

  it('breaks a promise when it is lost, and when the agent says "identical" of the thing it stands in', () => {
    const lost = judge({ ...fine, lost: [person.title] })
    expect(lost).toMatchObject({ changed: true, broken: [expect.stringMatching(/meanwhile is lost: writes a file/)] })
    const identical = [{ restoration: 'identical', byHand: null }]
    expect(judge({ ...fine, mixed: true, outcomes: identical }).broken).toHaveLength(1)
    expect(judge({ ...fine, outcomes: identical }).broken).toEqual([])
  })

  it('does not excuse an internal error where the agent must refuse', () => {
    const said = (code: string) => ({ ...ended, code: 2, stdout: JSON.stringify({ ok: false, code }) })
    const refused = (code: string) => judge({ ...fine, faultless: true, isRefused: true, ended: [said(code)] }).broken
    expect(refused('cannot-restore')).toEqual([])
    expect(refused('internal')).toHaveLength(1)
    expect(judge({ ...fine, faultless: true, ended: [said('cannot-restore')] }).broken).toHaveLength(1)
  })
})

describe('the table of actions', () => {
  it('allows in one policy what each action needs', () => {
    const policy = policyFor(proved)
    for (const { action } of proved) expect(policy).toContain(`"${action}"`)
    expect(policy.match(/^folders:/gm)).toHaveLength(1)
  })
})
