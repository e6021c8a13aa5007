/** Numbers for monitoring, in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export interface Metrics {
  count(name: CounterName, by?: number): void
  text(gauges: Readonly<Record<string, number>>): string
}

const counters = {
  chaos_lite_facts_stored_total: 'Facts of agents that were stored',
  chaos_lite_links_refused_total: 'Links of agents that were closed for a violation',
  chaos_lite_log_ins_total: 'Log-ins that succeeded',
  chaos_lite_log_ins_failed_total: 'Log-ins that failed',
  chaos_lite_webhooks_failed_total: 'Messages that no webhook took',
} as const
type CounterName = keyof typeof counters

export function makeMetrics(): Metrics {
  const values = new Map<string, number>()
  return {
    count: (name, by = 1) => void values.set(name, (values.get(name) ?? 0) + by),
    text(gauges) {
      const lines = Object.entries(counters).flatMap(([name, help]) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} counter`,
        `${name} ${values.get(name) ?? 0}`,
      ])
      const now = Object.entries(gauges).flatMap(([name, value]) => [`# TYPE ${name} gauge`, `${name} ${value}`])
      return `${[...lines, ...now].join('\n')}\n`
    },
  }
}
