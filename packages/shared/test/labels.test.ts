import { describe, expect, it } from 'vitest'
import { carriesLabels, Labels, labelPairs, MOST_LABEL_VALUES, withLabel } from '../src/labels.ts'

describe('labels of a host', () => {
  it('have one text or several as a value, and no more than 16', () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => `role-${index}`)
    const takes = (value: unknown) => Labels.safeParse({ role: value }).success
    expect([takes('web'), takes(['web']), takes(values(MOST_LABEL_VALUES))]).toEqual([true, true, true])
    expect([takes([]), takes(values(MOST_LABEL_VALUES + 1)), takes([7]), takes([['web']])]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })

  it('match when the wanted value is among theirs', () => {
    const labels = { role: ['web', 'mail'], site: 'main' }
    expect(carriesLabels(labels, { role: 'mail', site: 'main' })).toBe(true)
    expect(carriesLabels(labels, { role: 'erp' })).toBe(false)
    expect(carriesLabels(labels, { site: 'ma' })).toBe(false)
    expect(carriesLabels(labels, { role: 'web', zone: 'a' })).toBe(false)
    expect(carriesLabels(labels, { constructor: 'Object' })).toBe(false)
  })

  it('get a list where a name is given again, each value once', () => {
    const labels = [
      ['role', 'web'],
      ['site', 'main'],
      ['role', 'mail'],
      ['role', 'web'],
    ] as const
    const all = labels.reduce<Labels>((before, [name, value]) => withLabel(before, name, value), {})
    expect(all).toEqual({ role: ['web', 'mail'], site: 'main' })
    expect(labelPairs(all)).toEqual([
      ['role', 'web'],
      ['role', 'mail'],
      ['site', 'main'],
    ])
  })
})
