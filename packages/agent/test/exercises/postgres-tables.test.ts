import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeTables, quotedName, readSum, type TableSum, textOf } from '../../src/backups/postgres/tables.ts'

const sum = (...parts: [part: string, count: number, total?: string][]): TableSum =>
  readSum(parts.map(([part, count, total = '9']) => `${part}\t${count}\t${total}`))

describe('the sums of a table', () => {
  it('are read from what psql prints', () => {
    expect(sum(['0', 2, '17'], ['255', 1, '3'])).toEqual({
      rows: 3,
      parts: new Map([
        ['0', '2:17'],
        ['255', '1:3'],
      ]),
    })
    expect(readSum([])).toEqual({ rows: 0, parts: new Map() })
  })
})

describe('restored tables beside the live ones', () => {
  const judged = (mine: Record<string, TableSum>, live: Record<string, TableSum>) =>
    judgeTables(new Map(Object.entries(mine)), new Map(Object.entries(live)))
  const full = sum(['1', 5], ['2', 5], ['3', 5])

  it('that are the same have no difference', () => {
    expect(judged({ a: full, b: sum() }, { a: full, b: sum() })).toEqual({ differences: [], changedSince: 0 })
  })

  it.each([
    ['is missing', {}, { a: full }, 'the table a was not restored'],
    ['was restored empty', { a: sum() }, { a: full }, 'the table a was restored empty, the live one has 15 rows'],
    ['is not in the live database', { a: full }, {}, 'the table a was restored but is not in the live database'],
    ['is another one', { a: sum(['1', 5, '8']) }, { a: full }, /15, and none are the same/],
  ] as [string, Record<string, TableSum>, Record<string, TableSum>, string | RegExp][])(
    'are reported when one %s',
    (_, mine, live, words) => {
      const { differences } = judged(mine, live)
      expect(differences).toEqual([typeof words === 'string' ? words : expect.stringMatching(words)])
    },
  )

  it('are not blamed for rows that came, went or changed since', () => {
    const later = sum(['1', 5], ['2', 4], ['9', 1])
    expect(judged({ a: full }, { a: later })).toEqual({ differences: [], changedSince: 3 })
    expect(judged({ a: full }, { a: sum() })).toEqual({ differences: [], changedSince: 3 })
  })

  it('with anything in them are judged without an exception, and the same is never different', () => {
    const cell = fc.tuple(fc.nat(255).map(String), fc.nat(9), fc.nat(99).map(String))
    const table = fc.uniqueArray(cell, { selector: ([part]) => part, maxLength: 6 })
    const database = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,4}$/),
      table.map((cells) => sum(...cells)),
      { maxKeys: 4 },
    )
    fc.assert(
      fc.property(database, database, (mine, live) => {
        expect(judged(mine, mine)).toEqual({ differences: [], changedSince: 0 })
        expect(judged(mine, live).changedSince).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('names and texts for PostgreSQL', () => {
  it('cannot end where they should not', () => {
    expect(quotedName('public', 'odd "name"')).toBe('"public"."odd ""name"""')
    expect(textOf("it's")).toBe("'it''s'")
  })
})
