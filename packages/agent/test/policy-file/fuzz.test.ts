import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Policy, PolicyRequest } from '../../src/policy/policy.ts'
import type { PolicyQuestion } from '../../src/policy/question.ts'
import { PolicyFile } from '../../src/policy-file/index.ts'
import { rule } from '../../src/policy-file/rulings.ts'
import { WEDNESDAY_NOON } from './support.ts'

const kinds = [
  'service',
  'process',
  'name',
  'address',
  'folder',
  'file',
  'account',
  'group',
  'repository',
  'credential',
  'url',
] as const
const word = fc.constantFrom(
  'nginx',
  'erp.example.test',
  '192.0.2.7',
  '/srv/share',
  'jdoe',
  'finance',
  'nightly',
  'https://a.test/',
)
const wild = fc.oneof(
  word,
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ maxLength: 40 }),
  fc.ipV4(),
  fc.ipV6(),
  fc.webUrl(),
)
const question: fc.Arbitrary<PolicyQuestion> = fc.record({ kind: fc.constantFrom(...kinds), value: wild })
const request: fc.Arbitrary<PolicyRequest> = fc.record({
  kind: fc.constantFrom('action', 'probe', 'exercise'),
  name: fc.oneof(fc.constantFrom('service.stop', 'backup.restore', 'http'), fc.string({ maxLength: 20 })),
  harmless: fc.boolean(),
  questions: fc.array(question, { maxLength: 4 }),
  holdMs: fc.integer({ min: 0, max: 10_000_000 }),
  wallMs: fc.constant(WEDNESDAY_NOON),
})
const lists = [
  'services',
  'processes',
  'names',
  'addresses',
  'folders',
  'accounts',
  'groups',
  'repositories',
  'probeHosts',
  'actions',
] as const
const text = fc.dictionary(fc.constantFrom(...lists), fc.array(word, { maxLength: 4 }))

function policy(file: unknown): Pick<Policy, 'allows'> | null {
  const parsed = PolicyFile.safeParse(file)
  if (!parsed.success) return null
  const own = { paths: [], names: [] }
  const rules = { path: '/etc/chaos-lite/policy.yaml', positions: new Map(), own, broken: null, present: true }
  return { allows: (asked) => rule({ ...rules, file: parsed.data }, asked) }
}

describe('any policy, asked anything', () => {
  it('answers, never throws, and in words that fit a fact', () => {
    fc.assert(
      fc.property(text, request, (file, asked) => {
        const ruling = policy({ policy: 1, ...file })?.allows(asked)
        if (ruling === undefined) return
        expect(ruling.rule).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,512}$/u)
        expect(ruling.reason).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,1024}$/u)
      }),
      { numRuns: 500 },
    )
  })

  it('allows nothing when it names nothing, but harmless probes', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const ruling = policy({ policy: 1 })?.allows(asked)
        if (ruling?.allowed) expect(asked).toMatchObject({ kind: 'probe', harmless: true, questions: [] })
      }),
      { numRuns: 500 },
    )
  })

  it('allows nothing that no line names: take the deciding lists away, and it is refused', () => {
    fc.assert(
      fc.property(text, request, (file, asked) => {
        fc.pre(asked.kind !== 'probe' || asked.questions.length > 0)
        if (policy({ policy: 1, ...file })?.allows(asked).allowed !== true) return
        for (const key of Object.keys(file)) {
          const ruling = policy({ policy: 1, ...file, [key]: [] })?.allows(asked)
          const decided = policy({ policy: 1, ...file })?.allows(asked).rule ?? ''
          if (decided.includes(`${key}: [`)) expect(ruling?.allowed).toBe(false)
        }
        expect(policy({ policy: 1 })?.allows(asked).allowed).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  it('prints lines that, pasted into the file, allow exactly what was asked', () => {
    fc.assert(
      fc.property(text, request, (file, asked) => {
        const before = policy({ policy: 1, ...file })?.allows(asked)
        if (before === undefined || before.allowed || (before.lines ?? []).length === 0) return
        const lines = parse((before.lines ?? []).join('\n')) as Record<string, string[] | string>
        const merged: Record<string, unknown> = { policy: 1, ...file }
        for (const [key, value] of Object.entries(lines)) {
          merged[key] = Array.isArray(value) ? [...((merged[key] as string[] | undefined) ?? []), ...value] : value
        }
        const after = policy(parse(stringify(merged)))
        expect(after?.allows(asked)).toMatchObject({ allowed: true })
      }),
      { numRuns: 1000 },
    )
  })
})
