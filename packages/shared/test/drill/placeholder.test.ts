import { describe, expect, test } from 'vitest'
import {
  fillJson,
  fillText,
  hasBrokenPlaceholder,
  type Lookup,
  placeholdersIn,
  wholePlaceholder,
} from '../../src/drill/placeholder.ts'
import { fillHostFacts } from '../../src/index.ts'

const lookup: Lookup = ({ scope, name }) => (scope === 'params' ? { port: 8080, name: 'erp' }[name] : undefined)

describe('a placeholder', () => {
  test('that is the whole text keeps the type of its value', () => {
    expect(fillText('${params.port}', lookup)).toBe(8080)
    expect(fillText('${params.port}!', lookup)).toBe('8080!')
  })

  test('is filled wherever it stands, and the rest of the text is left alone', () => {
    expect(fillText('http://${params.name}:${params.port}/$1/{x}', lookup)).toBe('http://erp:8080/$1/{x}')
  })

  test('without a value stays as it is', () => {
    expect(fillText('${host.name}', lookup)).toBe('${host.name}')
    expect(fillText('at ${host.name} ${params.name}', lookup)).toBe('at ${host.name} erp')
  })

  test('is filled in lists and maps, but never in keys', () => {
    const value = { '${params.name}': [{ a: '${params.name}' }, 1, null, true] }
    expect(fillJson(value, lookup)).toEqual({ '${params.name}': [{ a: 'erp' }, 1, null, true] })
  })

  test('is found in order', () => {
    expect(placeholdersIn('${host.address} ${params.a-b_1}').map(({ scope, name }) => [scope, name])).toEqual([
      ['host', 'address'],
      ['params', 'a-b_1'],
    ])
    expect(wholePlaceholder('${params.a}')?.name).toBe('a')
    expect(wholePlaceholder('${params.a}${params.b}')).toBeNull()
  })

  test.each([
    ['${name}', true],
    ['${params.}', true],
    ['${params.1}', true],
    ['${ params.a }', true],
    ['${params.a', true],
    ['${params.${params.a}}', true],
    ['$params', false],
    ['{params.a}', false],
    ['${params.a}', false],
    ['$', false],
  ])('%s broken: %s', (text, broken) => {
    expect(hasBrokenPlaceholder(text)).toBe(broken)
  })
})

test('host facts are filled host by host, and only those there are', () => {
  const params = {
    url: 'http://${host.address}/',
    who: '${host.name}',
    other: '${host.toString}',
    deep: ['${host.name}'],
  }
  expect(fillHostFacts(params, { name: 'srv-04', address: '192.0.2.4' })).toEqual({
    url: 'http://192.0.2.4/',
    who: 'srv-04',
    other: '${host.toString}',
    deep: ['srv-04'],
  })
})
