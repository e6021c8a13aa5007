import { Counter, Gauge, Registry } from 'prom-client'

const counters = {
  chaos_lite_facts_stored_total: 'Facts of agents that were stored',
  chaos_lite_links_refused_total: 'Links of agents that were closed for a violation',
  chaos_lite_log_ins_total: 'Log-ins that succeeded',
  chaos_lite_log_ins_failed_total: 'Log-ins that failed',
  chaos_lite_webhooks_failed_total: 'Messages that no webhook took',
} as const
type CounterName = keyof typeof counters

const gauges = {
  nodejs_eventloop_lag_p50_seconds: 'Event loop delay since the last query, 50th percentile',
  nodejs_eventloop_lag_p99_seconds: 'Event loop delay since the last query, 99th percentile',
  nodejs_eventloop_lag_max_seconds: 'Event loop delay since the last query, maximum',
  chaos_lite_hosts_online: 'Hosts whose agents are connected',
  chaos_lite_runs_under_way: 'Runs that have not ended',
  chaos_lite_runs_stuck: 'Runs that have not ended and have a host that could not be rolled back',
  chaos_lite_watchers: 'Open connections to the live stream',
  chaos_lite_storage_failing: 'Whether the database cannot be written: 1 if so, otherwise 0',
  process_resident_memory_bytes: 'Resident memory of the controller',
  process_uptime_seconds: 'Time since the controller was started',
} as const
type GaugeName = keyof typeof gauges

/** The metrics of one controller. */
export interface Metrics {
  /** The media type of `text`. */
  readonly contentType: string
  /** Adds `by` (default: 1) to a counter. */
  count(name: CounterName, by?: number): void
  /**
   * All counters, and the gauges with the values given, in the text format of Prometheus
   * (https://prometheus.io/docs/instrumenting/exposition_formats/).
   */
  text(values: Readonly<Record<GaugeName, number>>): Promise<string>
}

/**
 * Makes the metrics of one controller, all counters at 0. The registry belongs to the controller: two controllers in
 * one process count separately, and the library's default metrics are not collected.
 */
export function makeMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counterOf = made(counters, (name, help) => new Counter({ name, help, registers }))
  const gaugeOf = made(gauges, (name, help) => new Gauge({ name, help, registers }))
  return {
    contentType: registry.contentType,
    count: (name, by = 1) => counterOf[name].inc(by),
    text(values) {
      for (const name of Object.keys(gauges) as GaugeName[]) gaugeOf[name].set(values[name])
      return registry.metrics()
    },
  }
}

function made<Name extends string, Metric>(
  helps: Readonly<Record<Name, string>>,
  make: (name: Name, help: string) => Metric,
): Record<Name, Metric> {
  const entries = Object.entries(helps) as [Name, string][]
  return Object.fromEntries(entries.map(([name, help]) => [name, make(name, help)])) as Record<Name, Metric>
}
