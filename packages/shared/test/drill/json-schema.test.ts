import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { drillJsonSchema, type Menu } from '../../src/index.ts'
import { changed, goodDrill, menu } from './fixtures.ts'

function fits(text: string, withMenu: Menu | null): boolean {
  const schema = z.fromJSONSchema(drillJsonSchema(withMenu) as Parameters<typeof z.fromJSONSchema>[0])
  return schema.safeParse(parse(text)).success
}

describe.each([
  ['without a menu', null],
  ['with a menu', menu],
])('the schema for editors %s', (_title, withMenu) => {
  test('accepts a good drill, placeholders included', () => {
    expect(fits(goodDrill, withMenu)).toBe(true)
  })

  test.each([
    ['an unknown key', changed('watch:', 'wacth:')],
    ['a hold that is no duration', changed('"${params.hold}"', 'soon')],
    ['an unknown objective', changed('  switch:', '  swich:')],
    ['a misspelt step', changed('- ask:', '- aks:')],
  ])('refuses %s', (_name, text) => {
    expect(fits(text, withMenu)).toBe(false)
  })

  test('is the same text every time', () => {
    expect(JSON.stringify(drillJsonSchema(withMenu))).toBe(JSON.stringify(drillJsonSchema(withMenu)))
  })

  test('explains every section', () => {
    const { properties } = drillJsonSchema(withMenu) as { properties: Record<string, { description?: string }> }
    for (const section of ['params', 'targets', 'steadyState', 'method', 'abort']) {
      expect(properties[section]?.description).toMatch(/./)
    }
  })
})

describe('with a menu', () => {
  test.each([
    ['an unknown action', changed('inject: service.stop', 'inject: service.stpo')],
    ['an unknown parameter', changed('with: { service:', 'with: { servce:')],
    ['a parameter of another kind', changed('port: 9100', 'port: lpd')],
    ['missing parameters', changed('    with: { service: "${params.service}" }\n', '')],
  ])('the schema refuses %s', (_name, text) => {
    expect(fits(text, menu)).toBe(false)
    expect(fits(text, null)).toBe(true)
  })

  test('a placeholder fits wherever a value does', () => {
    expect(fits(changed('port: 9100', 'port: "${params.port}"'), menu)).toBe(true)
  })

  test('parameters with references are offered without their form', () => {
    const params = { type: 'object', properties: { service: { $ref: '#/$defs/s' } }, $defs: { s: { type: 'string' } } }
    const referring: Menu = { ...menu, actions: [{ name: 'service.stop', summary: 's', needs: [], params }] }
    expect(fits(goodDrill, referring)).toBe(true)
  })

  test('an empty menu offers no names, and the rest of the grammar stands', () => {
    const nothing: Menu = { actions: [], probes: [], exercises: [] }
    expect(() => fits(goodDrill, nothing)).not.toThrow()
  })
})
