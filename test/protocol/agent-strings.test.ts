import { AgentFact, AgentFrame, decode } from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyFact } from '../../packages/shared/test/run/arbitrary.ts'

/** What would act upon a terminal, a log or a reader: escapes, line breaks, turned directions, invisible signs. */
const HARMFUL = ['\u001b[2J', '\u0000', '\r', '\u009b', '\u202e', '\u200b', '\u2028', '\ufeff'] as const

type Path = readonly (string | number)[]

/** Where strings stand in a value: the values themselves, and the keys of objects that hosts may name. */
function stringsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    stringsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

function withHarm(value: unknown, path: Path, harm: string): unknown {
  const [key, ...rest] = path
  if (key === undefined) return `${String(value).slice(0, 1)}${harm}${String(value).slice(1)}`
  if (Array.isArray(value)) return value.with(Number(key), withHarm(value[Number(key)], rest, harm))
  const holder = value as Record<string, unknown>
  return { ...holder, [key]: withHarm(holder[key], rest, harm) }
}

const inventory = {
  ...{ hostname: 'srv-01', os: 'Debian', platform: 'linux', kernel: '6.1', arch: 'x64', cpus: 2, memoryBytes: 1 },
  ...{ agentVersion: '0.1.0', addresses: ['192.0.2.1'], labels: { role: 'web' }, bootId: 'boot' },
  menu: {
    actions: [{ name: 'service.stop', summary: 'Stops a service.', needs: [], params: {} }],
    probes: [],
    exercises: [],
  },
  offers: [{ name: 'service.stop', kind: 'action', offered: false, why: 'no line names it' }],
  journal: { readable: true, open: 0, stuck: 0 },
  policy: { present: true, digest: 'sha256:x', warnings: ['a warning'] },
}
const hardware = {
  ...{ manufacturer: 'Dell Inc.', model: 'PowerEdge R640', virtualisation: 'none' },
  processor: { model: 'EPYC', sockets: 1, cores: 8, threads: 16 },
  memory: { totalBytes: 1, swapBytes: 0 },
  disks: [{ name: 'sda', model: 'Samsung', bytes: 1, kind: 'ssd', removable: false }],
  interfaces: [{ name: 'eno1', state: 'up', megabitsPerSecond: 1000, physical: true }],
}
const ulid = '01J00000000000000000000000'
const frames: readonly object[] = [
  {
    type: 'enrol',
    token: 'T'.repeat(43),
    publicKey: `${'A'.repeat(43)}=`,
    hostname: 'srv-01',
    labels: { role: 'web' },
  },
  { type: 'inventory', inventory },
  { type: 'sample', runId: ulid, probeId: 'p', monoMs: 1, tookMs: 1, status: 'up', value: { address: '192.0.2.1' } },
  { type: 'answer', commandId: ulid, answer: { ok: false, code: 'x', reason: 'because', rule: 'line' } },
  { type: 'clock', id: 1, bootId: 'boot', receivedMonoMs: 1, sentMonoMs: 1, wallMs: 1 },
  { type: 'hardware', hardware },
]

describe('whatever an agent names itself or its things', () => {
  test.each(frames.map((frame) => [(frame as { type: string }).type, frame] as const))(
    'no text of a frame %s may hold what acts upon a terminal or a reader',
    (_, frame) => {
      expect(decode(AgentFrame, JSON.stringify(frame))).toMatchObject({ ok: true })
      for (const path of stringsIn(frame)) {
        for (const harm of HARMFUL) {
          const read = decode(AgentFrame, JSON.stringify(withHarm(frame, path, harm)))
          expect(read.ok, `${path.join('.')} with ${JSON.stringify(harm)}`).toBe(false)
        }
      }
    },
  )

  test('no text of any fact may', () => {
    fc.assert(
      fc.property(anyFact, fc.constantFrom(...HARMFUL), fc.nat(), (sourced, harm, which) => {
        fc.pre(sourced.source === 'agent' && AgentFact.safeParse(sourced.fact).success)
        const paths = stringsIn(sourced.fact)
        const path = paths[which % paths.length] ?? []
        expect(AgentFact.safeParse(withHarm(sourced.fact, path, harm)).success, path.join('.')).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  test('names of values are bounded and printable as well', () => {
    const sample = (value: object) => ({ ...frames[2], value })
    const bad = [
      { 'a\u001b[2J': 1 },
      { a: 'x'.repeat(1025) },
      Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, n])),
    ]
    for (const value of bad) expect(decode(AgentFrame, JSON.stringify(sample(value))).ok).toBe(false)
    expect(decode(AgentFrame, JSON.stringify(sample({ a: 'x'.repeat(1024) }))).ok).toBe(true)
  })
})
