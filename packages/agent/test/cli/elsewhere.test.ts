import { instantText } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import { backElsewhere, openNow } from '../../src/cli/elsewhere.ts'
import { sayOutcomes } from '../../src/cli/revert.ts'
import { untilText } from '../../src/journal/until-text.ts'
import type { Terminal } from '../../src/world.ts'
import { toyWorld } from '../fixtures/toy-engine.ts'

function said(elsewhere: readonly string[]): string[] {
  const lines: string[] = []
  const terminal = { out: (line: string) => void lines.push(line) } as Terminal
  sayOutcomes({ outcomes: [], unreadable: [], elsewhere }, terminal)
  return lines
}

describe('what another process rolled back while a command was at it', () => {
  test('is reported, instead of that there was nothing to roll back', async () => {
    const world = toyWorld()
    const { head } = await world.engine.inject(world.request())
    const open = await openNow(world.paths.journal)
    // The service, which heard of it first.
    await world.another().revert({}, 'halt')
    const outcomes = await world.engine.revert({}, 'halt')
    expect(outcomes).toEqual([])
    expect(said(await backElsewhere(world.deps, open, outcomes))).toEqual([
      `toy.write (${head.recordId}): identical, rolled back by another process of the agent`,
    ])
    await world.engine[Symbol.asyncDispose]()
  })

  test('leaves out what this command rolled back itself', async () => {
    const world = toyWorld()
    await world.engine.inject(world.request())
    const open = await openNow(world.paths.journal)
    expect(await backElsewhere(world.deps, open, await world.engine.revert({}, 'by hand'))).toEqual([])
    await world.engine[Symbol.asyncDispose]()
  })

  test('is nothing where nothing was open', async () => {
    expect(await openNow(toyWorld().paths.journal)).toEqual([])
    expect(said([])).toEqual(['There was nothing to roll back.'])
  })
})

test('a time that is over, or a record that is stuck, promises nothing', async () => {
  const world = toyWorld()
  const record = await world.engine.inject(world.request())
  const { revertByWallMs } = record.head
  const until = instantText(revertByWallMs)
  expect(untilText(record, revertByWallMs - 1)).toBe(`rolled back at the latest ${until}`)
  expect(untilText(record, revertByWallMs)).toBe(`should have been rolled back by ${until}`)
  expect(untilText({ ...record, state: 'stuck' }, 0)).toBe('not rolled back; a person must act')
  await world.engine.revert({}, 'by hand')
  await world.engine[Symbol.asyncDispose]()
})
