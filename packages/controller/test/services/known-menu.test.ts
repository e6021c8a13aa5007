import { readFileSync } from 'node:fs'
import { builtInMenu, type Inventory, type Menu, parseDrill } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { knownMenu } from '../../src/services/known-menu.ts'

const text = readFileSync(new URL('../../../../drills/failover-friday-dns.yaml', import.meta.url), 'utf8')

/** A gateway to which one host after the other has reported its menu. */
function fleetOf(...menus: Menu[]) {
  return {
    online: () => menus.map((_, at) => `h-${at}`),
    inventory: (hostId: string) => ({ menu: menus[Number(hostId.slice(2))] }) as Inventory,
  }
}

const mistakes = (...menus: Menu[]) => {
  const parsed = parseDrill(text, { file: 'x.yaml', menu: knownMenu(fleetOf(...menus)) })
  return parsed.ok ? [] : parsed.mistakes.map(({ message }) => message)
}

const params = { type: 'object', properties: { other: { type: 'string' } }, additionalProperties: false }
const twisted: Menu = {
  actions: builtInMenu.actions.map((item) => ({ ...item, params })),
  probes: builtInMenu.probes.map((item) => ({ ...item, value: [{ field: 'nothing', meaning: 'x' }] })),
  exercises: [],
}

describe('the menu that drills are checked against', () => {
  test('is none while no host has reported one', () => {
    expect(knownMenu(fleetOf())).toBeNull()
  })

  test('holds each name once where all hosts report the same', () => {
    expect(knownMenu(fleetOf(builtInMenu, builtInMenu))).toEqual(builtInMenu)
  })

  test('a menu that is twisted would make mistakes of good drills', () => {
    expect(parseDrill(text, { file: 'x.yaml', menu: twisted }).ok).toBe(false)
  })

  test('is not twisted for the others by what one host says, wherever it stands in the line', () => {
    expect(mistakes(builtInMenu)).toEqual([])
    expect(mistakes(builtInMenu, twisted)).toEqual([])
    expect(mistakes(twisted, builtInMenu)).toEqual([])
    expect(mistakes(twisted)).toEqual([])
  })

  test('takes up what a newer agent takes in addition', () => {
    const [first, ...rest] = builtInMenu.actions
    if (first === undefined) throw new Error('no action')
    const newer = { ...builtInMenu, actions: [{ ...first, params: { type: 'object' } }, ...rest] }
    const forms = knownMenu(fleetOf(newer, builtInMenu, newer))?.actions.filter(({ name }) => name === first.name)
    expect(forms?.map(({ params }) => params)).toEqual([{ type: 'object' }, first.params])
  })

  test('does not grow with the number of forms that hosts make up', () => {
    const made = Array.from({ length: 50 }, (_, at) => ({
      ...builtInMenu,
      actions: builtInMenu.actions.map((item) => ({ ...item, params: { type: 'object', title: String(at) } })),
    }))
    const all = knownMenu(fleetOf(...made))?.actions ?? []
    expect(all).toHaveLength(9 * builtInMenu.actions.length)
    expect(all).toEqual(expect.arrayContaining([...builtInMenu.actions]))
  })
})
