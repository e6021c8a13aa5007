import { describe, expect, test } from 'vitest'
import { breakBetween, repeated } from '../../src/chains/index.ts'

const first = { seq: 0, digest: 'a', prev: null }

describe('the chain of an epoch', () => {
  test('goes on with the next number that names the digest of the one before', () => {
    expect(breakBetween(undefined, first)).toBeNull()
    expect(breakBetween(first, { seq: 1, digest: 'b', prev: 'a' })).toBeNull()
  })

  test('misses what never came: one fact, or several', () => {
    expect(breakBetween(first, { seq: 2, digest: 'c', prev: 'b' })).toMatchObject({
      kind: 'facts missing',
      reason: expect.stringMatching(/^Fact 1 of this epoch never came/),
    })
    expect(breakBetween(undefined, { seq: 3, digest: 'd', prev: 'c' })).toMatchObject({
      kind: 'facts missing',
      reason: expect.stringMatching(/^Facts 0 to 2 of this epoch never came/),
    })
  })

  test('is broken by a fact that names another one before it', () => {
    expect(breakBetween(first, { seq: 1, digest: 'b', prev: 'x' })?.kind).toBe('chain broken')
    expect(breakBetween(undefined, { seq: 0, digest: 'b', prev: 'x' })?.kind).toBe('chain broken')
  })

  test('takes the very same line twice, and nothing else under its number', () => {
    expect(repeated({ digest: 'a' }, first)).toBeNull()
    expect(repeated({ digest: 'z' }, first)?.kind).toBe('key reused')
    expect(repeated(undefined, first)?.kind).toBe('chain broken')
  })
})
