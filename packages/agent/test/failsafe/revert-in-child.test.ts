import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { revertInChild } from '../../src/failsafe/revert-in-child.ts'
import { RECORD } from '../fixtures/heads.ts'

const never = new AbortController().signal

/** A reverter that notes its arguments at each start and then does what the script says; `$n` counts its starts. */
function reverter(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-lite-child-'))
  const path = join(folder, 'reverter')
  const log = join(folder, 'log')
  writeFileSync(log, '')
  writeFileSync(path, `#!/bin/sh\necho "$@" >>${log}\nn=$(wc -l <${log})\n${script}\n`)
  chmodSync(path, 0o700)
  const starts = () => readFileSync(log, 'utf8').split('\n').filter(Boolean)
  return { command: [path] as const, starts }
}

describe('a reverter in a process of its own', () => {
  test('is asked for the one record, as the failsafe', async () => {
    const { command, starts } = reverter('exit 0')
    expect(await revertInChild(command, RECORD, never)).toBe(0)
    expect(starts()).toEqual([`revert --record ${RECORD} --cause failsafe`])
  })

  test('is followed by another one when it is killed while it works', async () => {
    const { command, starts } = reverter('if [ "$n" -lt 3 ]; then kill -9 $$; fi; exit 0')
    expect(await revertInChild(command, RECORD, never, { restMs: 1 })).toBe(0)
    expect(starts()).toHaveLength(3)
  })

  test('is followed by another one when it could not run', async () => {
    const { command, starts } = reverter('if [ "$n" -lt 2 ]; then exit 2; fi; exit 0')
    expect(await revertInChild(command, RECORD, never, { restMs: 1 })).toBe(0)
    expect(starts()).toHaveLength(2)
  })

  test('has the last word when a person must act', async () => {
    const { command, starts } = reverter('exit 1')
    expect(await revertInChild(command, RECORD, never, { restMs: 1 })).toBe(1)
    expect(starts()).toHaveLength(1)
  })

  test('is not started for ever', async () => {
    const { command, starts } = reverter('kill -9 $$')
    expect(await revertInChild(command, RECORD, never, { restMs: 1 })).toBeNull()
    expect(starts()).toHaveLength(5)
  })

  test('that hangs gets another one beside it, and keeps running', async () => {
    const { command, starts } = reverter('if [ "$n" -lt 2 ]; then sleep 5; exit 3; fi; exit 0')
    expect(await revertInChild(command, RECORD, never, { restMs: 1, besideMs: 500 })).toBe(0)
    expect(starts().length).toBeGreaterThanOrEqual(2)
  })

  test('that is not there is no reason to throw', async () => {
    expect(await revertInChild(['/nonexistent/agent'], RECORD, never, { restMs: 1 })).toBeNull()
  })

  test('is not started again once somebody else has put the record back', async () => {
    const { command, starts } = reverter('exit 2')
    const stop = new AbortController()
    const ended = revertInChild(command, RECORD, stop.signal, { restMs: 60_000 })
    await eventually(() => expect(starts()).toHaveLength(1))
    stop.abort()
    expect(await ended).toBe(2)
    expect(starts()).toHaveLength(1)
  })
})
