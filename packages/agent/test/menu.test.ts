import { Menu } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { actions, findAction, menuOf } from '../src/menu.ts'

describe('the menu', () => {
  it('is what the wire expects', () => {
    expect(Menu.parse(JSON.parse(JSON.stringify(menuOf())))).toEqual(menuOf())
  })

  it('offers the five actions of the first release', () => {
    const names = ['hosts.override', 'service.stop', 'permission.revoke', 'membership.revoke', 'data.quarantine']
    expect(actions.map(({ name }) => name)).toEqual(names)
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
