import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { profileNames } from '../../src/policy/index.ts'
import { loadPolicy, starterPolicy } from '../../src/policy-file/index.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { action, probe } from './support.ts'

/** Told by fast-check when a run fails; `CHAOS_LITE_SEED` plays it again, `CHAOS_LITE_FUZZ_MS` fuzzes for longer. */
const seed = Number(process.env.CHAOS_LITE_SEED ?? Date.now())
const limitMs = Number(process.env.CHAOS_LITE_FUZZ_MS ?? 3_000)
const bounded = { seed, interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false, numRuns: 1_000_000 }

const full = `policy: 1
actions: [service.stop, hosts.override]
services: [nginx.service, "postgresql@*"]
names: [erp.example.test]
addresses: [192.0.2.0/24]
folders: [/srv/share]
hours:
  - { zone: Europe/Berlin, days: [mon, fri], from: "08:00", to: "17:00" }
holdAtMost: 30m
`
const corpus = [full, ...profileNames.map((profile) => starterPolicy({ profile }))]

/** What YAML can hide in a file: links, merges, tags, other documents, odd spaces, keys of every object. */
const tokens = [
  ...[
    '&a [*a]',
    '*a',
    '<<: *a',
    '!!js/function ""',
    '!!binary "AA=="',
    '---\n',
    '...\n',
    '? ',
    '|\n',
    '>\n',
    '%YAML 1.1\n',
  ],
  ...[
    '\u0000',
    '\ufeff',
    '\u2028',
    '\r\n',
    '\t',
    '# ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '-',
    '~',
    'null',
    'yes',
  ],
  ...[
    '__proto__: {}\n',
    'constructor: x\n',
    'actions: [service.stop]\n',
    'services: ["*"]\n',
    '*',
    '0x10',
    '1e999',
    '/',
  ],
  '['.repeat(500),
  '- '.repeat(300),
  'a: '.repeat(200),
]
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  what: fc.oneof(
    fc.constantFrom(...tokens).map((text) => ({ put: text })),
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => ({ put: text })),
    fc.constant('drop' as const),
    fc.constant('twice' as const),
  ),
})

function mutated(
  text: string,
  mutations: readonly (typeof mutation extends fc.Arbitrary<infer T> ? T : never)[],
): string {
  return mutations.reduce((now, { at, length, what }) => {
    const from = Math.floor(at * now.length)
    const piece = now.slice(from, from + length)
    if (what === 'drop') return now.slice(0, from) + now.slice(from + length)
    return now.slice(0, from) + (what === 'twice' ? piece + piece : what.put) + now.slice(from)
  }, text)
}

const asked = [
  action('service.stop', [{ kind: 'service', value: 'nginx' }]),
  action('service.stop', [{ kind: 'service', value: 'cron' }]),
  action('host.restart'),
  action('data.quarantine', [{ kind: 'folder', value: '/srv/share' }]),
  probe('http', [{ kind: 'url', value: 'https://erp.example.test/' }]),
]

describe('a policy file that was damaged or forged', () => {
  it(`never throws, reports each mistake with its place, allows only what a line names (seed ${seed})`, {
    timeout: limitMs + 60_000,
  }, async () => {
    const path = join(await temporaryFolder(), 'policy.yaml')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...corpus), fc.array(mutation, { maxLength: 6 }), async (text, mutations) => {
        const forged = mutated(text, mutations)
        await writeFile(path, forged, { mode: 0o644 })
        const policy = loadPolicy(path, { known: { actions: ['service.stop'], exercises: ['backup.restore'] } })
        for (const warning of [...policy.warnings, ...policy.dangers().map(({ text: danger }) => danger)]) {
          expect(warning).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,512}$/u)
        }
        if (policy.broken !== null && policy.digest !== null)
          expect(policy.warnings[0]).toMatch(/policy\.yaml:\d+:\d+: /)
        const allowed = asked.filter((request) => policy.allows(request).allowed)
        if (policy.broken !== null) expect(allowed).toEqual([])
        // What an independent reader sees in the file.
        const plain = allowed.length === 0 ? {} : (parse(forged) as Record<string, unknown>)
        for (const { kind, name } of allowed) if (kind === 'action') expect(plain.actions).toContain(name)
      }),
      bounded,
    )
  })

  it('is never read for long: what YAML can blow up is refused', async () => {
    const path = join(await temporaryFolder(), 'policy.yaml')
    const levels = Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`)
    const bombs = [
      `policy: 1\na0: &a0 [x]\n${levels.join('\n')}\nactions: *a30\n`,
      `policy: 1\nactions: ${'['.repeat(50_000)}\n`,
      `policy: 1\nservices: [${'"a", '.repeat(40_000)}]\n`,
      `policy: 1\nnames: ["${'*a'.repeat(120)}c"]\nactions: [a.b]\n`,
      `policy: 1\n${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')}\n`,
    ]
    for (const bomb of bombs) {
      await writeFile(path, bomb, { mode: 0o644 })
      const policy = loadPolicy(path)
      expect(policy.allows(action('a.b', [{ kind: 'name', value: 'a'.repeat(200) }])).allowed).toBe(false)
      expect(policy.warnings.length).toBeLessThanOrEqual(50)
    }
  })
})
