import type { HostView, RunRow } from '@chaos-lite/shared/api'
import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { hosts } from '../../src/commands/hosts.ts'
import { listRuns } from '../../src/commands/run.ts'

const host = (name: string, n: number): HostView => ({
  ...{ hostId: `h-${n.toString(16).padStart(24, '0')}`, clientId: '01J0000000000000000000000A', name, labels: {} },
  ...{ proposedLabels: {}, state: 'approved', online: true, lastSeenMs: 1, enrolledMs: 1, inventory: null, offers: [] },
  ...{ busyRunId: null, unconfirmedRunId: null, clockBoundMs: null },
})
const run: RunRow = {
  ...{ runId: '01J0000000000000000000000B', clientId: '01J0000000000000000000000A', drill: 'isp', title: 'ISP' },
  ...{ mode: 'live', phase: 'ended', outcome: 'failed', effect: 'not seen', restoration: 'identical' },
  ...{ startedMs: 1, endedMs: 2, summary: '' },
}

/** Who is logged in. */
const session = {
  ...{ user: 'ada', role: 'administrator', mustChangePassword: false, notice: undefined },
  clients: [
    { clientId: '01J0000000000000000000000A', name: 'Plant' },
    { clientId: '01J0000000000000000000000C', name: 'Office' },
  ],
}

/** A controller that answers with these pages in turn, and notes what it is asked. */
function aController(...pages: { items: unknown[]; total: string; next: string | null }[]) {
  const [out, asked]: [string[], string[]] = [[], []]
  const api = {
    get: async () => session,
    async page(path: string) {
      asked.push(decodeURIComponent(path))
      return pages.shift()
    },
  } as unknown as Api
  const terminal = { out: (text: string) => void out.push(text) } as CommandContext['terminal']
  const context: CommandContext = { terminal, json: false, signal: new AbortController().signal, api: async () => api }
  return { context, out, asked }
}

const everything = {
  limit: 20,
  before: null,
  status: null,
  drill: null,
  host: null,
  fromMs: null,
  toMs: null,
  text: null,
}

describe('lists on the command line', () => {
  test('hosts are all of them, page by page', async () => {
    const { context, out, asked } = aController(
      { items: [host('a', 1)], total: '2', next: 'more' },
      { items: [host('b', 2)], total: '2', next: null },
    )
    await hosts(context, { text: 'role:web', state: null, link: 'online' })
    expect(asked).toEqual([
      '/hosts?text=role:web&link=online&limit=500',
      '/hosts?text=role:web&link=online&limit=500&cursor=more',
    ])
    expect(out[0]).toMatch(/a +h-\S+ +online[\s\S]*b +h-\S+ +online/)
  })

  test('hosts and runs are those of one company, by its name or id', async () => {
    const { context, asked } = aController({ items: [], total: '0', next: null }, { items: [], total: '0', next: null })
    await hosts(context, { text: '', state: null, link: null, company: 'Office' })
    await listRuns(context, { ...everything, company: '01J0000000000000000000000A' })
    expect(asked).toEqual([
      '/hosts?company=01J0000000000000000000000C&limit=500',
      '/runs?limit=20&company=01J0000000000000000000000A',
    ])
    const unknown = hosts(context, { text: '', state: null, link: null, company: 'Shop' })
    await expect(unknown).rejects.toThrow('There is no company "Shop". You see: "Plant" (01J')
  })

  test('runs say how many more there are, and how to see them', async () => {
    const { context, out, asked } = aController({ items: [run], total: '1234', next: run.runId })
    await listRuns(context, { ...everything, limit: 1, status: 'not passed', fromMs: 5 })
    expect(asked).toEqual(['/runs?limit=1&status=not+passed&from=5'])
    // The same digits everywhere, and the zone beside them.
    expect(out[0]).toMatch(/19(70|69)-\d\d-\d\d \d\d:\d\d:\d\d .*UTC\)? +failed/)
    expect(out[0]).toContain(`1 of 1234 runs. Older ones: the same with --before ${run.runId}`)
  })

  test('runs that nothing matches are no empty table', async () => {
    const { context, out } = aController({ items: [], total: '0', next: null })
    await listRuns(context, { ...everything, drill: 'nope' })
    expect(out).toEqual(['No run matches.'])
  })

  test('runs of a host are found by its name, which must be the name of one', async () => {
    const one = aController(
      { items: [host('erp', 1), host('erp-2', 2)], total: '2', next: null },
      { items: [run], total: '1', next: null },
    )
    await listRuns(one.context, { ...everything, host: 'erp' })
    expect(one.asked[1]).toContain('host=h-000000000000000000000001')
    expect(one.out[0]).not.toContain('Older ones')
    const two = aController({ items: [host('erp', 1), host('erp', 2)], total: '2', next: null })
    await expect(listRuns(two.context, { ...everything, host: 'erp' })).rejects.toThrow(
      '2 hosts are called erp: give one id',
    )
    const none = aController({ items: [], total: '0', next: null })
    await expect(listRuns(none.context, { ...everything, host: 'erp' })).rejects.toThrow(
      'There is no host "erp"; see: chaos-lite hosts',
    )
  })
})
