import { expect, it } from 'vitest'
import { talk } from '../../src/exercises/child/talk.ts'

/** As a process that the kernel keeps, because a file system does not answer: it holds the streams of whoever started it. */
const lasting = 'sleep 600 &'

it.each([
  [
    'what the child said',
    `${lasting} echo '${JSON.stringify({ messages: [{ code: 'exercise.toy', values: { path: '/srv' }, estimates: {} }] })}'`,
    { messages: [{ code: 'exercise.toy', values: { path: '/srv' }, estimates: {} }] },
  ],
  [
    'that it said nothing',
    `${lasting} exit 3`,
    'The process that restores has ended without a result: it ended with 3',
  ],
])(
  'is reported when the child has ended, although what it started holds its streams: %s',
  async (_note, script, expected) => {
    const child = talk({ command: ['sh', '-c', script], order: {}, ownGroup: true, onPhase: () => undefined })
    try {
      expect(await child.ended.catch((thrown: Error) => thrown.message)).toEqual(expected)
    } finally {
      child.kill()
    }
  },
)
