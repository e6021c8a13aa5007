import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { drillJsonSchema, fillParams, formatMistake, parseDrill, resolveDrill } from '../../src/index.ts'
import { shippedDrills } from './fixtures.ts'

/** Values for the parameters that have no default. */
const given: Readonly<Record<string, string>> = {
  standby: '192.0.2.9',
  account: 'alice',
  colleague: 'bob',
  file: '/srv/key',
}

describe.each(shippedDrills)('$file', ({ file, text }) => {
  const parsed = parseDrill(text, { file, menu: null })

  test('has neither mistakes nor warnings', () => {
    expect(parsed.ok ? [] : parsed.mistakes.map(formatMistake)).toEqual([])
    expect(parsed.warnings.map(formatMistake)).toEqual([])
  })

  test('is named like its file, and says for whom it is and what it needs', () => {
    expect(parsed.ok && parsed.drill.drill).toBe(file.replace('.yaml', ''))
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/drill\.schema\.json\n/)
    for (const heading of ['# For: ', '# Needs: ', '# Does: ']) expect(text).toContain(heading)
  })

  test('resolves, with values only for what has no default', () => {
    if (!parsed.ok) throw new Error('has mistakes')
    const needed = Object.entries(parsed.drill.params ?? {}).filter(([, { default: preset }]) => preset === undefined)
    const filled = fillParams(parsed.drill, Object.fromEntries(needed.map(([name]) => [name, given[name]])))
    if (!filled.ok) throw new Error(JSON.stringify(filled.mistakes))
    const resolved = resolveDrill(parsed.drill, filled.values)
    expect(JSON.stringify(resolved)).not.toContain('${')
  })

  test('fits the published schema', () => {
    const schema = z.fromJSONSchema(drillJsonSchema(null) as Parameters<typeof z.fromJSONSchema>[0])
    expect(schema.safeParse(parse(text)).error?.issues ?? []).toEqual([])
  })

  test('damaged in any way is judged without an exception', () => {
    const bytes = new TextEncoder().encode(text)
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(flips, (changes) => {
        const damaged = bytes.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        expect(parseDrill(damaged, { file, menu: null }).warnings.length).toBeLessThanOrEqual(200)
      }),
      { numRuns: 40 },
    )
  })

  test('with lines lost, doubled, swapped or moved is judged without an exception', () => {
    const lines = text.split('\n')
    const change = fc.record({
      kind: fc.constantFrom('lose', 'double', 'swap', 'indent'),
      at: fc.nat(lines.length - 1),
      to: fc.nat(lines.length - 1),
    })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const damaged = changes.reduce<string[]>((all, { kind, at, to }) => edited(all, kind, at, to), lines)
        const result = parseDrill(damaged.join('\n'), { file, menu: null })
        if (!result.ok) expect(result.mistakes.length).toBeGreaterThan(0)
      }),
      { numRuns: 40 },
    )
  })
})

function edited(lines: readonly string[], kind: string, at: number, to: number): string[] {
  const line = lines[at] ?? ''
  const other = lines[to] ?? ''
  if (kind === 'lose') return lines.filter((_, index) => index !== at)
  if (kind === 'double') return lines.toSpliced(at, 0, line)
  if (kind === 'indent') return lines.with(Math.min(at, lines.length - 1), `  ${line}`)
  return lines.map((each, index) => (index === at ? other : index === to ? line : each))
}

test('no drill that was ever shipped is lost', () => {
  const shipped = [
    'account-locked-out.yaml',
    'backup-fire-drill.yaml',
    'backup-restore-timing.yaml',
    'certificate-expiry.yaml',
    'database-service-stop.yaml',
    'disk-almost-full.yaml',
    'dns-resolver-down.yaml',
    'domain-controller-offline.yaml',
    'failover-friday-dns.yaml',
    'isp-failover.yaml',
    'permission-purge.yaml',
    'print-spooler-down.yaml',
    'server-restart.yaml',
    'time-source-lost.yaml',
  ]
  expect(shippedDrills.map(({ file }) => file)).toEqual(expect.arrayContaining(shipped))
})
