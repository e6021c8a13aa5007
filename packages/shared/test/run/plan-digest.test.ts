import { describe, expect, test } from 'vitest'
import { boundByPlan, defaultEffectId, type Plan } from '../../src/run/index.ts'
import { aPlan } from './support.ts'

const { planId, digest, ...content } = aPlan()
const inject = content.steps.find((step) => step.kind === 'inject')
if (inject === undefined) throw new Error('the plan of these tests has no inject')

type Content = Omit<Plan, 'planId' | 'digest'>

const withExplanations = (changed: object): Content => ({
  ...content,
  steps: content.steps.map((step) =>
    step.kind === 'inject'
      ? {
          ...step,
          explanations: [
            {
              ...{ hostId: step.hostIds[0] ?? '', touches: ['file:/etc/hosts'], sentences: ['It changes a file.'] },
              ...{ injectMs: 1_000, revertMs: 1_000, digest: `sha256:${'a'.repeat(64)}` },
              ...changed,
            },
          ],
        }
      : step,
  ),
})

const withEffect = (freeBytesAtLeast: number, probeId = defaultEffectId(inject.stepId)): Content => ({
  ...content,
  probes: [
    ...content.probes,
    {
      ...{ probeId, role: 'effect', probe: 'disk', hostIds: inject.hostIds, everyMs: 500, expect: null },
      ...{
        params: { path: '/srv', freeBytesAtLeast },
        hostParams: { [inject.hostIds[0] ?? '']: { freeBytesAtLeast } },
      },
    },
  ],
})

describe('the digest of a plan', () => {
  test('does not change with the wording of an explanation', () => {
    const before = boundByPlan(withExplanations({}))
    expect(boundByPlan(withExplanations({ sentences: ['A file is changed.', 'Nothing else.'] }))).toBe(before)
    const messages = [{ code: 'action.hosts.override.file', values: {}, estimates: { mib: 12 } }]
    expect(boundByPlan(withExplanations({ messages }))).toBe(before)
  })

  test('changes with what is touched, with how long it takes, and with what the host says that it means', () => {
    const before = boundByPlan(withExplanations({}))
    for (const other of [
      { touches: ['file:/etc/passwd'] },
      { revertMs: 2_000 },
      { digest: `sha256:${'b'.repeat(64)}` },
    ])
      expect(boundByPlan(withExplanations(other))).not.toBe(before)
  })

  test('does not change with a measured threshold of an effect that the action proposes', () => {
    expect(boundByPlan(withEffect(100))).toBe(boundByPlan(withEffect(200)))
    expect(boundByPlan(withEffect(100))).not.toBe(boundByPlan(content))
  })

  test('changes with a threshold that the drill itself names, with one more host, and with a longer hold', () => {
    expect(boundByPlan(withEffect(100, 'own'))).not.toBe(boundByPlan(withEffect(200, 'own')))
    const more = {
      ...content,
      steps: content.steps.map((step) =>
        'hostIds' in step ? { ...step, hostIds: [...step.hostIds, 'another'] } : step,
      ),
    }
    const longer = {
      ...content,
      steps: content.steps.map((step) => (step.kind === 'inject' ? { ...step, holdMs: step.holdMs + 1 } : step)),
    }
    expect(new Set([content, more, longer].map((one) => boundByPlan(one as Content))).size).toBe(3)
  })
})
