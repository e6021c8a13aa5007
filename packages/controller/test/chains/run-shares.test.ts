import { expect, test } from 'vitest'
import { outside, RunShares, type RunsStored } from '../../src/chains/index.ts'

const [ours, lost, foreign] = ['01HZZZZZZZZZZZZZZZZZZZZZZ1', '01HZZZZZZZZZZZZZZZZZZZZZZ2', '01HZZZZZZZZZZZZZZZZZZZZZZ3']
const chatter = { line: '0123456789', event: { type: 'probe.changed' } } as const
const essential = { line: '0123456789', event: { type: 'revert.ended' } } as const

function sharesOf(share = { facts: 0, bytes: 0 }) {
  const stored: RunsStored = {
    belongs: (runId) => runId === ours,
    isLost: (runId) => runId === lost,
    share: () => share,
  }
  return new RunShares(stored, { facts: 3, bytes: 35 })
}

test('a host reports on its own run until its share is used up, and of that it hears once', () => {
  const shares = sharesOf()
  const answers = Array.from({ length: 5 }, () => shares.admit('h-1', ours, chatter))
  expect(answers).toEqual(['yes', 'yes', 'yes', 'full', 'full, reported'])
})

test('what is stored already counts, in facts and in bytes', () => {
  expect(sharesOf({ facts: 2, bytes: 5 }).admit('h-1', ours, chatter)).toBe('yes')
  expect(sharesOf({ facts: 3, bytes: 5 }).admit('h-1', ours, chatter)).toBe('full')
  expect(sharesOf({ facts: 1, bytes: 30 }).admit('h-1', ours, chatter)).toBe('full')
})

test('facts of something already done come in however much was said before', () => {
  expect(sharesOf({ facts: 3, bytes: 35 }).admit('h-1', ours, essential)).toBe('yes')
})

test('what was counted and not committed is read again', () => {
  const shares = sharesOf()
  for (let n = 0; n < 3; n += 1) shares.admit('h-1', ours, chatter)
  shares.forget()
  expect(shares.admit('h-1', ours, chatter)).toBe('yes')
})

test('a run that a restored store lost is reported once, one of others each time', () => {
  const shares = sharesOf()
  expect([1, 2].map(() => shares.admit('h-1', lost, chatter))).toEqual(['lost', 'full, reported'])
  expect([1, 2].map(() => shares.admit('h-1', foreign, chatter))).toEqual(['foreign', 'foreign'])
  expect(outside('full, reported', lost, 7)).toBeNull()
  expect(outside('foreign', foreign, 7)).toMatchObject({
    kind: 'foreign run',
    reason: expect.stringContaining('Fact 7'),
  })
})
