import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { actions, undoOf } from '../../src/actions/index.ts'
import { RecordHead } from '../../src/journal/record.ts'

const place = join(import.meta.dirname, '../fixtures/released')

/** Heads of records exactly as a released version has written them. Never edited: a host may still hold one. */
const released = readdirSync(place).flatMap((version) =>
  readdirSync(join(place, version)).map((name) => ({ name, version, path: join(place, version, name) })),
)

describe('an agent that was updated while a failure was held', () => {
  test.each(released)('reads the record that version $version wrote: $name', ({ path }) => {
    const head = RecordHead.parse(JSON.parse(readFileSync(path, 'utf8')))
    const action = actions.find(({ name }) => name === head.action)
    if (action === undefined) throw new Error(`${head.action} was released once, and is not known any more`)
    const undo = undoOf(action, head)
    expect(undo).toMatchObject(head.undo as object)
    // What a person needs when all else fails is worked out from it as well.
    expect(action.byHand(undo, '/var/lib/chaos-lite/journal/record').length).toBeGreaterThan(0)
  })

  test('has something to read at all', () => {
    expect(released.length).toBeGreaterThan(5)
  })
})
