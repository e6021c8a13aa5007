import { describe, expect, it } from 'vitest'
import { readLabels, writeLabels } from '../../src/components/labels-text.ts'

describe('labels as people type them', () => {
  it.each(['role: erp-primary, site: north', 'role=erp-primary,site=north', ' role : erp-primary \n site: north ,'])(
    'reads %j',
    (text) => {
      expect(readLabels(text)).toEqual({ ok: true, labels: { role: 'erp-primary', site: 'north' } })
    },
  )

  it.each(['role', 'role:', ': x', '=x'])('refuses %j, and says what was expected', (text) => {
    const read = readLabels(text)
    expect(read.ok).toBe(false)
    if (!read.ok) expect(read.message).toContain('such as role: erp-primary')
  })

  it.each([
    ['Röle: x', '“Röle” is not a name that is allowed here: it must begin with a lower-case letter'],
    ['1: x', '“1” is not a name that is allowed here: it must begin with a lower-case letter'],
    [`role: ${'x'.repeat(129)}`, '“role” must have at most 128 characters.'],
  ])('refuses %j in the words of the controller', (text, sentence) => {
    expect(readLabels(text)).toEqual({ ok: false, message: expect.stringContaining(sentence) })
  })

  it('reads what it writes', () => {
    const labels = { role: 'workstation', note: 'room 5: left' }
    expect(readLabels(writeLabels(labels))).toEqual({ ok: true, labels })
  })

  it('reads a name that is given again as several values, and writes them the same way', () => {
    const labels = { role: ['web', 'mail'], site: 'north' }
    expect(readLabels('role: web, site: north, role: mail')).toEqual({ ok: true, labels })
    expect(readLabels(writeLabels(labels))).toEqual({ ok: true, labels })
    const many = Array.from({ length: 17 }, (_, index) => `role: ${index}`).join(', ')
    expect(readLabels(many)).toEqual({ ok: false, message: 'A label has at most 16 values.' })
  })

  it('takes nothing for no labels', () => {
    expect(readLabels(' ')).toEqual({ ok: true, labels: {} })
  })
})
