import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { EngineDeps } from '../../src/engine/deps.ts'
import { admit } from '../../src/engine/prepare.ts'
import type { Host } from '../../src/host/host.ts'
import { abilities } from '../../src/host/index.ts'
import { actions, exercises, probes } from '../../src/menu.ts'
import type { Policy, PolicyRequest } from '../../src/policy/policy.ts'
import type { PolicyQuestion } from '../../src/policy/question.ts'
import { loadPolicy } from '../../src/policy-file/index.ts'
import { checkProbe } from '../../src/probes/check-order.ts'
import { isHarmless } from '../../src/probes/harmless.ts'
import { prepareExercise } from '../../src/session/exercise.ts'
import type { SessionDeps } from '../../src/session/index.ts'
import { actionSamples, nothingToName, type Sample } from '../actions/samples.ts'
import { exerciseSamples, probeSamples } from './samples.ts'
import { policyOf, WEDNESDAY_NOON } from './support.ts'

const holdMs = 60_000

/** Every text in the parameters: each names something, so the owner must have been asked about it. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

function unansweredIn({ params, unasked = {} }: Sample, questions: readonly PolicyQuestion[]): string[] {
  const asked = questions.map(({ value }) => value)
  return textsIn(params).filter((text) => !asked.includes(text) && !(text in unasked))
}

/** A policy that remembers what it was asked, and refuses. */
function refusing(): { policy: Policy; asked: PolicyRequest[] } {
  const asked: PolicyRequest[] = []
  const none = loadPolicy('/nowhere/policy.yaml')
  const allows: Policy['allows'] = (request) => {
    asked.push(request)
    return none.allows(request)
  }
  return { asked, policy: { ...none, allows } }
}

/** A host of which only the clock may be read before the owner has answered. */
function untouchable(): Host {
  const can = new Map(abilities.map((name) => [name, { has: true, why: 'a test' }]))
  const known: Partial<Host> = {
    platform: 'linux',
    abilities: async () => can,
    clock: { bootId: 'b', monoMs: () => 0, wallMs: () => WEDNESDAY_NOON },
  }
  return new Proxy(known as Host, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key)
      throw new Error(`${String(key)} was touched before the owner of the host had been asked`)
    },
  })
}

/** The policy with just the lines that it said were missing, and, one by one, with all of them but one. */
async function policiesFrom(refusal: { readonly lines?: readonly string[] }) {
  const lines = parse((refusal.lines ?? []).join('\n')) as Record<string, unknown>
  const without = (key: string) => Object.fromEntries(Object.entries(lines).filter(([each]) => each !== key))
  const keys = Object.keys(lines)
  const policy = (all: Record<string, unknown>) => policyOf(stringify({ policy: 1, ...all }))
  return { keys, full: await policy(lines), lacking: await Promise.all(keys.map((key) => policy(without(key)))) }
}

const cases = <T extends { readonly name: string }, S>(
  menu: readonly T[],
  samples: Readonly<Record<string, readonly S[]>>,
) => menu.flatMap((dish) => (samples[dish.name] ?? []).map((sample) => ({ name: dish.name, dish, sample })))

describe('the menu', () => {
  it('has samples of every dish, so that none comes in without showing what it asks', () => {
    const missing = (menu: readonly { name: string }[], samples: object, where: string) =>
      menu.filter(({ name }) => !(name in samples)).map(({ name }) => `${name}: add its parameters to ${where}`)
    expect([
      ...missing(actions, actionSamples, 'samples.ts beside the test of the action'),
      ...missing(probes, probeSamples, 'probeSamples of test/policy-file/samples.ts'),
      ...missing(exercises, exerciseSamples, 'exerciseSamples of test/policy-file/samples.ts'),
    ]).toEqual([])
  })
})

describe('every action', () => {
  it.each(cases(actions, actionSamples))(
    'asks the owner before it reads anything: $name $sample.params',
    async (one) => {
      const { dish, sample } = one
      const questions = dish.asks(dish.params.parse(sample.params))
      if (dish.name in nothingToName) expect(textsIn(sample.params), nothingToName[dish.name]).toEqual([])
      else expect(questions, 'an action without a question can be bounded by nobody').not.toEqual([])
      expect(unansweredIn(sample, questions)).toEqual([])
      const { policy, asked } = refusing()
      const deps = { host: untouchable(), actions, policy: async () => policy } as unknown as EngineDeps
      const request = { action: dish.name, params: sample.params as never, holdMs }
      await expect(admit(deps, request)).rejects.toMatchObject({ code: 'policy-refused' })
      expect(asked).toEqual([
        { kind: 'action', name: dish.name, harmless: false, questions, holdMs, wallMs: WEDNESDAY_NOON },
      ])
    },
  )

  it.each(cases(actions, actionSamples))(
    'needs each line that it says is missing: $name $sample.params',
    async (one) => {
      const { dish, sample } = one
      const questions = dish.asks(dish.params.parse(sample.params))
      const request = { kind: 'action' as const, name: dish.name, harmless: false, questions, holdMs, wallMs: 0 }
      const { keys, full, lacking } = await policiesFrom((await policyOf('policy: 1\n')).allows(request))
      expect(keys).toContain('actions')
      if (!(dish.name in nothingToName)) expect(keys.length, 'a list must name what is touched').toBeGreaterThan(1)
      expect(full.allows(request).allowed).toBe(true)
      for (const policy of lacking) expect(policy.allows(request).allowed).toBe(false)
      expect(full.allows({ ...request, holdMs: 86_400_000 }).allowed).toBe(false)
    },
  )
})

describe('every probe', () => {
  it.each(cases(probes, probeSamples))('asks the owner, or is harmless: $name $sample.params', async (one) => {
    const { dish, sample } = one
    const questions = dish.asks(dish.params.parse(sample.params))
    const { policy, asked } = refusing()
    const check = () => checkProbe({ probe: dish.name, params: sample.params as never }, policy, WEDNESDAY_NOON)
    if (sample.none) {
      expect(isHarmless(dish.params)).toBe(true)
      expect(questions).toEqual([])
      expect(check).not.toThrow()
    } else {
      expect(questions).not.toEqual([])
      expect(unansweredIn(sample, questions)).toEqual([])
      expect(check).toThrow()
    }
    const { name } = dish
    const harmless = isHarmless(dish.params)
    expect(asked).toEqual([{ kind: 'probe', name, harmless, questions, wallMs: WEDNESDAY_NOON }])
  })

  it.each(cases(probes, probeSamples).filter(({ sample }) => !sample.none))(
    'needs each line that it says is missing: $name $sample.params',
    async ({ dish, sample }) => {
      const questions = dish.asks(dish.params.parse(sample.params))
      const { name } = dish
      const harmless = isHarmless(dish.params)
      const request = { kind: 'probe' as const, name, harmless, questions, wallMs: 0 }
      const { full, lacking } = await policiesFrom((await policyOf('policy: 1\n')).allows(request))
      expect(full.allows(request).allowed).toBe(true)
      for (const policy of lacking) expect(policy.allows(request).allowed).toBe(false)
    },
  )
})

/** What such a question is about may lie on a file system that never answers. */
const ofPaths: readonly string[] = ['file', 'folder', 'disk', 'repository', 'credential']

describe('every probe', () => {
  it.each(cases(probes, probeSamples))(
    'looks in another process where it reads a path: $name $sample.params',
    ({ dish, sample }) => {
      const params = dish.params.parse(sample.params)
      const texts = textsIn(sample.params).filter((text) => text.startsWith('/'))
      const reads = texts.length > 0 || dish.asks(params).some(({ kind }) => ofPaths.includes(kind))
      expect((dish.reads?.(params) ?? 'nothing') !== 'nothing').toBe(reads)
    },
  )
})

describe('every exercise', () => {
  it.each(cases(exercises, exerciseSamples))(
    'asks the owner before it reads anything: $name',
    async ({ dish, sample }) => {
      const questions = dish.asks(dish.params.parse(sample.params))
      expect(questions).not.toEqual([])
      expect(unansweredIn(sample, questions)).toEqual([])
      const { policy, asked } = refusing()
      const engine = { refuseWhenHalted: async () => undefined }
      const deps = { host: untouchable(), engine, exercises, policy: async () => policy } as unknown as SessionDeps
      const request = { name: dish.name, params: sample.params as never, runId: null, stepId: 's' }
      await expect(prepareExercise(deps, request)).rejects.toMatchObject({ code: 'policy-refused' })
      expect(asked).toMatchObject([{ kind: 'exercise', name: dish.name, questions }])
    },
  )
})
