import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ceilingFields } from '../../src/policy-file/ceilings.ts'
import { starterPolicy } from '../../src/policy-file/index.ts'
import { action, policyOf, probe } from './support.ts'

const names = Object.keys(ceilingFields)

describe('a ceiling', () => {
  it.each([
    ['cpuAtMost', '50', '51'],
    ['memoryKeepFree', '20', '19'],
    ['diskKeepFree', '10', '9'],
    ['ioAtMost', '20', '21'],
  ] as const)('%s allows %s and refuses %s where the file says nothing', async (kind, fits, beyond) => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    expect(policy.allows(action('a.b', [{ kind, value: fits }])).allowed).toBe(true)
    const refused = policy.allows(action('a.b', [{ kind, value: beyond }]))
    expect(refused).toMatchObject({
      allowed: false,
      rule: `chaos-lite-agent policy allow ${kind}=${beyond}`,
      lines: [`${kind}: ${beyond}`],
    })
  })

  it('is what the file says', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\ndiskKeepFree: 3\ncpuAtMost: 90\n')
    expect(policy.allows(action('a.b', [{ kind: 'diskKeepFree', value: '3' }])).allowed).toBe(true)
    expect(policy.allows(action('a.b', [{ kind: 'diskKeepFree', value: '2' }])).allowed).toBe(false)
    expect(policy.allows(action('a.b', [{ kind: 'cpuAtMost', value: '90' }]))).toMatchObject({
      allowed: true,
      rule: expect.stringContaining('cpuAtMost: 90'),
    })
  })

  it('allows nothing by itself', async () => {
    const policy = await policyOf('policy: 1\n')
    for (const kind of names) {
      expect(policy.allows(action('a.b', [{ kind, value: '30' }])).allowed).toBe(false)
      expect(policy.allows(probe('x', [{ kind, value: '30' }])).allowed).toBe(false)
    }
  })

  it('has no line for what is no number within reason', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    for (const value of ['', '-1', '0', '1e9', '99999', 'all', '5.5', ' 5'])
      expect(policy.allows(action('a.b', [{ kind: 'cpuAtMost', value }])), value).toMatchObject({
        ...{ allowed: false, lines: [] },
      })
  })

  it('suggests one number that does for every question', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: 1, max: 100 })), { minLength: 1, maxLength: 6 }),
        async (asked) => {
          const questions = asked.map(([kind, value]) => ({ kind, value: String(value) }))
          const ruling = policy.allows(action('a.b', questions))
          if (ruling.allowed) return
          const pasted = parse((ruling.lines ?? []).join('\n')) as Record<string, number>
          const text = Object.entries(pasted).map(([key, value]) => `${key}: ${value}\n`)
          const after = await policyOf(`policy: 1\nactions: [a.b]\n${text.join('')}`)
          expect(after.allows(action('a.b', questions)).allowed).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('stands in the starter as a comment', () => {
    const text = starterPolicy({ profile: 'none' })
    for (const kind of names) expect(text).toMatch(new RegExp(`# .*default: \\d+\n# ${kind}: \\d+`))
  })
})
