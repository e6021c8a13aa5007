import { expect, test } from 'vitest'
import { makeMetrics } from '../../src/services/metrics.ts'

const values = {
  nodejs_eventloop_lag_p50_seconds: 0.001,
  nodejs_eventloop_lag_p99_seconds: 0.02,
  nodejs_eventloop_lag_max_seconds: 0.3,
  chaos_lite_hosts_online: 12,
  chaos_lite_runs_under_way: 3,
  chaos_lite_runs_stuck: 1,
  chaos_lite_watchers: 2,
  chaos_lite_storage_failing: 0,
  process_resident_memory_bytes: 123_456_789,
  process_uptime_seconds: 60,
}

/** `name value` of every sample, and `name type` of every metric, in the order of the text. */
function read(text: string) {
  const lines = text.split('\n').filter(Boolean)
  return {
    samples: lines.filter((line) => !line.startsWith('#')),
    types: lines.flatMap((line) => /^# TYPE (\S+ \S+)$/.exec(line)?.[1] ?? []),
    helps: lines.flatMap((line) => /^# HELP (\S+) \S/.exec(line)?.[1] ?? []),
  }
}

test('the text has our metrics with their types, a help for each, and no other', async () => {
  const { types, helps } = read(await makeMetrics().text(values))
  expect(types).toEqual([
    'chaos_lite_facts_stored_total counter',
    'chaos_lite_links_refused_total counter',
    'chaos_lite_log_ins_total counter',
    'chaos_lite_log_ins_failed_total counter',
    'chaos_lite_webhooks_failed_total counter',
    ...Object.keys(values).map((name) => `${name} gauge`),
  ])
  expect(helps).toEqual(types.map((type) => type.split(' ')[0]))
})

test('counters begin at 0 and go up; gauges have the values of the moment', async () => {
  const metrics = makeMetrics()
  expect(read(await metrics.text(values)).samples).toContain('chaos_lite_facts_stored_total 0')
  metrics.count('chaos_lite_facts_stored_total', 40)
  metrics.count('chaos_lite_facts_stored_total', 2)
  metrics.count('chaos_lite_log_ins_total')
  const { samples } = read(await metrics.text({ ...values, chaos_lite_hosts_online: 11 }))
  expect(samples).toEqual([
    'chaos_lite_facts_stored_total 42',
    'chaos_lite_links_refused_total 0',
    'chaos_lite_log_ins_total 1',
    'chaos_lite_log_ins_failed_total 0',
    'chaos_lite_webhooks_failed_total 0',
    ...Object.entries({ ...values, chaos_lite_hosts_online: 11 }).map(([name, value]) => `${name} ${value}`),
  ])
})
