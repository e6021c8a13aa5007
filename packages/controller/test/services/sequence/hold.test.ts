import { builtInMenu, type Menu, type Run, TRAITS_KEYWORD } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import type { Sequence } from '../../../src/services/sequence/context.ts'
import { stopOnOwnRevert } from '../../../src/services/sequence/hold.ts'

/** A run in which one host has put one failure back for this reason. */
function reverted(action: string, cause: string | null): Run {
  const host = { hostId: 'h-1', action, cause }
  return { steps: [{ stepId: 'one', hosts: [host] }] } as unknown as Run
}

/** What a sequence does when a fact comes. */
function stopsFor(run: Run, inventory: { readonly menu: Menu } | null = null): string[] {
  const stops: string[] = []
  let onFact: ((runId: string) => void) | undefined
  const sequence = {
    runId: 'r',
    signal: new AbortController().signal,
    gateway: { inventory: () => inventory },
    plan: { hosts: [{ hostId: 'h-1', name: 'SRV-04' }] },
    book: {
      current: () => run,
      listen: (listener: { fact: (runId: string) => void }) => {
        onFact = listener.fact
        return () => undefined
      },
    },
    stop: async (cause: string, reason: string) => void stops.push(`${cause}: ${reason}`),
  } as unknown as Sequence
  stopOnOwnRevert(sequence)
  onFact?.('another run')
  expect(stops).toEqual([])
  onFact?.('r')
  return stops
}

describe('a host that rolls itself back', () => {
  test.each(['hold ended', 'released early', 'abort', 'stop all', 'inject failed', 'effect not seen', null])(
    'does not stop the run when it was meant to (%s)',
    (cause) => {
      expect(stopsFor(reverted('service.stop', cause))).toEqual([])
    },
  )

  test.each(['recovery', 'failsafe', 'lease lost', 'halt', 'shutdown', 'by hand'])(
    'stops the run when it was for a reason of its own (%s)',
    (cause) => {
      expect(stopsFor(reverted('service.stop', cause))).toEqual([`host lost: SRV-04 rolled itself back: ${cause}`])
    },
  )

  test('does not stop the run when it was ordered to restart, and its boot rolled it back', () => {
    expect(stopsFor(reverted('host.restart', 'recovery'))).toEqual([])
    expect(stopsFor(reverted('host.restart', 'shutdown'))).toEqual(['host lost: SRV-04 rolled itself back: shutdown'])
  })
  test('nor when its own menu says that a failure unknown here restarts it; of a known one it cannot say so', () => {
    const [first] = builtInMenu.actions
    if (first === undefined) throw new Error('no action')
    const item = (name: string) => ({ ...first, name, params: { [TRAITS_KEYWORD]: { restartsHost: true, more: 1 } } })
    const menu = { ...builtInMenu, actions: [item('host.rekindle'), item('service.stop')] }
    expect(stopsFor(reverted('host.rekindle', 'recovery'), { menu })).toEqual([])
    expect(stopsFor(reverted('host.rekindle', 'recovery'))).toHaveLength(1)
    expect(stopsFor(reverted('service.stop', 'recovery'), { menu })).toHaveLength(1)
  })
})
