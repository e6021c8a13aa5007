import { parseDrill } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { fillWith, storyOf } from '../../src/pages/drill/needs.ts'

const shipped = import.meta.glob<string>('../../../../drills/*.yaml', { query: '?raw', import: 'default', eager: true })

describe('a drill read aloud', () => {
  it.each(Object.entries(shipped))('%s has hosts and steps in plain words', (file, source) => {
    const parsed = parseDrill(source, { file, menu: null })
    if (!parsed.ok) throw new Error(`${file} has mistakes`)
    const values = Object.fromEntries(Object.keys(parsed.drill.params ?? {}).map((name) => [name, 'VALUE']))
    const story = storyOf(parsed.drill, values)
    expect(story.needs.length).toBeGreaterThan(0)
    expect(story.steps).toHaveLength(parsed.drill.method.length)
    for (const line of Object.values(story).flat()) {
      expect(line).not.toContain('${')
      expect(line).not.toContain('undefined')
    }
  })

  it('shows a value that is missing by its name', () => {
    const fill = fillWith({ hold: '15m', empty: '' })
    expect(fill('for ${params.hold}, ${params.empty} and ${params.other}')).toBe('for 15m, ‹empty› and ‹other›')
  })

  it('says how many hosts it needs', () => {
    const parsed = parseDrill(shipped['../../../../drills/failover-friday-dns.yaml'] ?? '', { file: 'x', menu: null })
    if (!parsed.ok) throw new Error('mistakes')
    expect(storyOf(parsed.drill, {}).needs).toEqual([
      'primary: exactly one host labelled role: erp-primary',
      'workstation: up to 5 hosts labelled role: workstation',
    ])
  })
})
