import { Menu } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { actions, findAction, menuOf } from '../src/menu.ts'

describe('the menu', () => {
  it('is what the wire expects', () => {
    expect(Menu.parse(JSON.parse(JSON.stringify(menuOf())))).toEqual(menuOf())
  })

  it('offers every action once, those of the first release among them', () => {
    const first = ['hosts.override', 'service.stop', 'permission.revoke', 'membership.revoke', 'data.quarantine']
    const names = actions.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(first))
    expect(new Set(names).size).toBe(names.length)
  })

  it('describes every parameter as a closed object', () => {
    for (const { params } of menuOf().actions)
      expect(params).toMatchObject({ type: 'object', additionalProperties: false })
  })

  it('finds an action by its name only', () => {
    expect(findAction('hosts.override')?.name).toBe('hosts.override')
    expect(findAction('toString')).toBeUndefined()
  })
})
