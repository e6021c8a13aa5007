import { expect, test } from 'vitest'
import { refusalLines } from '../../src/print/refusal.ts'

const item = (where: string, message: string, rule: string | null = null) => ({ where, message, rule })

test('a refusal has each of its reasons once', () => {
  const one = [item('web-1', 'There is no service nginxx; correct the name.')]
  const message = 'The plan was refused: web-1: There is no service nginxx; correct the name.'
  expect(refusalLines({ message, items: one })).toEqual([message])
  const two = [...one, item('web-2', 'is offline', 'hours')]
  const more = 'The plan was refused: web-1: There is no service nginxx; correct the name (and 1 more).'
  expect(refusalLines({ message: more, items: two })).toEqual([
    'The plan was refused:',
    '  web-1: There is no service nginxx; correct the name.',
    '  web-2: is offline',
    '      Rule: hours',
  ])
  const other = [item('a', 'x is wrong')]
  expect(refusalLines({ message: 'The drill a has mistakes.', items: other })).toEqual([
    'The drill a has mistakes.',
    '  a: x is wrong',
  ])
})
