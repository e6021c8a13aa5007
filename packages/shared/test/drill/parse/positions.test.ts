import { describe, expect, test } from 'vitest'
import { isMap, isScalar, parseDocument } from 'yaml'
import { type Position, parseDrill } from '../../../src/index.ts'
import { shippedDrills } from '../fixtures.ts'

function textAt(text: string, { line, column }: Position): string {
  return (text.split('\n')[line - 1] ?? '').slice(column - 1)
}

describe.each(shippedDrills)('the positions of $file', ({ file, text }) => {
  const parsed = parseDrill(text, { file, menu: null })
  const positions = parsed.ok ? parsed.positions : new Map<string, Position>()

  test('point at the very text of each value of the top level', () => {
    const top = parseDocument(text).contents
    if (!isMap(top)) throw new Error('no map')
    for (const { key, value } of top.items) {
      const position = positions.get(String(key))
      if (position === undefined) throw new Error(`no position of ${String(key)}`)
      if (isScalar(value)) expect(textAt(text, position)).toContain(value.source ?? String(value.value))
    }
  })

  test('point at the durations', () => {
    const durations = [...positions].filter(([path]) => /^(?!params).*\.(?:hold|within|every)$/.test(path))
    expect(durations.length).toBeGreaterThan(0)
    for (const [, position] of durations) expect(textAt(text, position)).toMatch(/^(?:\d+(?:ms|s|m|h)|"\$\{params\.)/)
  })

  test('lie inside the file and never before what they are part of', () => {
    const lines = text.split('\n').length
    for (const [path, position] of positions) {
      expect(position.line).toBeLessThanOrEqual(lines)
      const parent = positions.get(path.replace(/(?:\.[^.[]+|\[[^\]]+\])$/, ''))
      if (parent === undefined || parent === position) continue
      expect(position.line * 10_000 + position.column).toBeGreaterThanOrEqual(parent.line * 10_000 + parent.column)
    }
  })
})
