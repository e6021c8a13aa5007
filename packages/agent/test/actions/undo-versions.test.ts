import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { actions, undoOf, undoVersionOf, writtenUndo } from '../../src/actions/index.ts'

const First = z.strictObject({ path: z.string() })
const Second = z.strictObject({ paths: z.array(z.string()) })
const action = {
  name: 'toy.write',
  undo: { 1: First.transform(({ path }) => ({ paths: [path] })).pipe(Second), 2: Second },
}
const record = { recordId: '01HZZZZZZZZZZZZZZZZZZZZZZZ' }

describe('undo records in several versions', () => {
  test('are written in the newest, and read in each', () => {
    expect(undoVersionOf(action)).toBe(2)
    expect(writtenUndo(action, { paths: ['/a'] })).toEqual({ paths: ['/a'] })
    expect(undoOf(action, { ...record, undoVersion: 2, undo: { paths: ['/a', '/b'] } })).toEqual({
      paths: ['/a', '/b'],
    })
    expect(undoOf(action, { ...record, undoVersion: 1, undo: { path: '/a' } })).toEqual({ paths: ['/a'] })
  })

  test('of another version, or of another form than theirs, are not guessed at', () => {
    const read = (undoVersion: number, undo: unknown) => () => undoOf(action, { ...record, undoVersion, undo })
    expect(read(3, { paths: [] })).toThrow('was written by a newer agent: undo version 3 of toy.write')
    expect(read(0, { path: '/a' })).toThrow('was written by an agent that was never released')
    expect(read(1, { paths: ['/a'] })).toThrow(/is not understood: .*path/)
  })

  test('have no gap: each action reads every version up to its newest', () => {
    for (const { name, undo } of actions) {
      const versions = Object.keys(undo).map(Number)
      expect(versions.length, name).toBeGreaterThan(0)
      expect(versions, name).toEqual(Array.from(versions, (_, index) => index + 1))
    }
  })
})
