import type { DrillView, HostView, RunRow, ScheduleView } from '@chaos-lite/shared/api'
import { describe, expect, it } from 'vitest'
import { DrillsPage } from '../../src/pages/drills/drills-page.tsx'
import { HostsPage } from '../../src/pages/hosts/hosts-page.tsx'
import { NotFoundPage, RunsPage } from '../../src/pages/index.ts'
import { SchedulesPage } from '../../src/pages/schedules/schedules-page.tsx'
import { WebhooksPage } from '../../src/pages/webhooks/webhooks-page.tsx'
import { type Answer, markupOf, textOf } from '../support/rendered.tsx'

const company = '01J0000000000000000000000A'
const host: HostView = {
  ...{ hostId: `h-${'0'.repeat(23)}1`, clientId: company, name: 'erp-1', labels: { role: 'erp' }, proposedLabels: {} },
  ...{ state: 'approved', online: true, lastSeenMs: 1, enrolledMs: 1, inventory: null, offers: [] },
  ...{ busyRunId: null, unconfirmedRunId: null, clockBoundMs: null },
}
const run: RunRow = {
  ...{ runId: '01J0000000000000000000000B', clientId: company, drill: 'isp', title: 'The provider fails' },
  ...{ mode: 'live', phase: 'ended', outcome: 'failed', effect: 'proved', restoration: 'identical' },
  ...{ startedMs: 1_000, endedMs: 61_000, summary: 'Recovered too late.' },
}
const drill: DrillView = {
  ...{ name: 'isp', version: 1, title: 'The provider fails', why: 'Does the second line carry us?', kind: 'drill' },
  ...{ digest: `sha256:${'0'.repeat(64)}`, source: '', params: [], mistakes: [] },
}
const schedule: ScheduleView = {
  ...{ scheduleId: '01J0000000000000000000000C', clientId: company, drill: 'isp', params: {}, name: 'Failover Friday' },
  ...{ cron: '0 16 * * 5#1', timeZone: 'Europe/Berlin', paused: false, nextMs: Date.UTC(2026, 11, 4, 15) },
  ...{ lastSlotMs: null, lastOutcome: null, trouble: null },
}
const webhook = {
  webhookId: '01J0000000000000000000000D',
  url: 'https://chat.example.test/in',
  purpose: 'On-call chat',
}

/** A list that comes page by page. */
const pages = (items: readonly unknown[]) => ({
  pages: [{ items, total: String(items.length), next: null }],
  pageParams: [null],
})
const everyRun = { status: '', drill: '', host: '', text: '', from: '', to: '' }

describe('the page of hosts', () => {
  const withHosts = (...hosts: HostView[]): Answer[] => [[['hosts', 'list', ''], pages(hosts)]]

  it('shows each host with its labels, and the way to its own page', () => {
    const answers = withHosts(host, { ...host, hostId: `h-${'0'.repeat(23)}2`, name: 'mail-1', state: 'revoked' })
    const text = textOf(<HostsPage />, { answers })
    expect(text).toMatch(/erp-1 .*role.*erp/)
    expect(text).toMatch(/mail-1 Revoked/)
    expect(markupOf(<HostsPage />, { answers })).toContain(`href="/hosts/${host.hostId}"`)
  })

  it('lets an administrator approve one that waits, and nobody else', () => {
    const answers = withHosts({ ...host, state: 'pending' })
    expect(textOf(<HostsPage />, { answers })).toMatch(/Waits for approval Approve/)
    const others = textOf(<HostsPage />, { answers, role: 'operator' })
    expect(others).toContain('Waits for approval')
    expect(others).not.toContain('Approve')
    expect(others).not.toContain('Add a host')
  })

  it('shows integrity alerts of the last week, with the host and the reason', () => {
    const incident = { clientId: company, hostId: host.hostId, hostName: 'erp-1', kind: 'duplicate agent' }
    const about = { epoch: null, seq: null, reason: 'A second agent used its key.', atMs: Date.now() - 60_000 }
    const answers: Answer[] = [...withHosts(host), [['incidents'], [{ ...incident, ...about }]]]
    expect(textOf(<HostsPage />, { answers })).toMatch(/erp-1 : duplicate agent\. A second agent used its key\./)
  })
})

describe('the page of runs', () => {
  it('shows each run with what it came to, and the way to its own page', () => {
    const answers: Answer[] = [[['runs', 'list', everyRun], pages([run])]]
    const text = textOf(<RunsPage />, { answers })
    expect(text).toMatch(/The provider fails Failed/)
    expect(text).toContain('Recovered too late.')
    expect(text).toMatch(/took 1 min/)
    expect(markupOf(<RunsPage />, { answers })).toContain(`href="/runs/${run.runId}"`)
  })

  it('sends who has no run yet to the drills', () => {
    const answers: Answer[] = [[['runs', 'list', everyRun], pages([])]]
    expect(markupOf(<RunsPage />, { answers })).toContain('href="/drills"')
  })

  it('says that no run matches a filter, which can be taken off', () => {
    const answers: Answer[] = [[['runs', 'list', { ...everyRun, drill: 'isp' }], pages([])]]
    expect(textOf(<RunsPage />, { answers, at: '/?drill=isp' })).toMatch(/No run matches\. Show all/)
  })
})

describe('the page of drills', () => {
  it('shows each drill with its question, and how its last run went', () => {
    const answers: Answer[] = [
      [['drills'], [drill, { ...drill, name: 'wrong', title: 'Not well formed', mistakes: ['wrong.yaml:1:1: no'] }]],
      [['runs', 'list', 'last of', 'isp'], run],
    ]
    const text = textOf(<DrillsPage />, { answers })
    expect(text).toMatch(/The provider fails Does the second line carry us\? Failed/)
    expect(text).toMatch(/Not well formed .*1 mistake in the file/)
    expect(markupOf(<DrillsPage />, { answers })).toContain('href="/drills/isp"')
  })

  it('says of a drill that was never run that it was not', () => {
    const answers: Answer[] = [
      [['drills'], [drill]],
      [['runs', 'list', 'last of', 'isp'], null],
    ]
    expect(textOf(<DrillsPage />, { answers })).toContain('Never run')
  })
})

describe('the page of schedules', () => {
  const withSchedules = (...all: ScheduleView[]): Answer[] => [[['schedules'], all]]

  it('shows each schedule with its drill, its expression and its next date in its zone', () => {
    const text = textOf(<SchedulesPage />, { answers: withSchedules(schedule) })
    expect(text).toMatch(/Failover Friday .*isp at 0 16 \* \* 5#1 in Europe\/Berlin/)
    expect(text).toMatch(/Next: .*16:00/)
  })

  it('lets operators pause and remove one, and viewers only look', () => {
    const answers = withSchedules(schedule)
    expect(textOf(<SchedulesPage />, { answers, role: 'operator' })).toMatch(/Add a schedule .*Pause Remove/)
    expect(textOf(<SchedulesPage />, { answers, role: 'viewer' })).not.toMatch(/Add a schedule|Pause|Remove/)
  })

  it('marks a paused one, and one that is broken with its reason', () => {
    const broken = { ...schedule, scheduleId: company, name: 'Other', trouble: 'There is no such drill.' }
    const text = textOf(<SchedulesPage />, { answers: withSchedules({ ...schedule, paused: true }, broken) })
    expect(text).toMatch(/Failover Friday Paused/)
    expect(text).toMatch(/Other Broken .*There is no such drill\./)
  })
})

describe('the page of webhooks', () => {
  it('shows each webhook with its purpose and its address', () => {
    const text = textOf(<WebhooksPage />, { answers: [[['webhooks'], [webhook]]] })
    expect(text).toMatch(/On-call chat Send a test Remove https:\/\/chat\.example\.test\/in/)
  })

  it('offers to add the first one', () => {
    const text = textOf(<WebhooksPage />, { answers: [[['webhooks'], []]] })
    expect(text.match(/Add a webhook/g)).toHaveLength(2)
  })
})

describe('an address that leads nowhere', () => {
  it('shows the ways back', () => {
    const markup = markupOf(<NotFoundPage />)
    expect(markup).toContain('There is no such page')
    expect(markup).toContain('href="/runs"')
    expect(markup).toContain('href="/hosts"')
  })
})
