import * as z from 'zod'
import { watchEventLoop } from '../../services/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Numbers for monitoring. Prometheus logs in with a bearer token (`authorization: { credentials: … }`). */
export const showMetrics: Endpoint = (app, { metrics, gateway, live, store }) => {
  const held = watchEventLoop()
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { access: 'viewer' },
    schema: { tags: ['system'], response: { 200: z.string() } },
    async handler(_request, reply) {
      const runs = await store.runs.unended()
      const { p50Ms, p99Ms, maxMs } = held()
      const text = await metrics.text({
        nodejs_eventloop_lag_p50_seconds: p50Ms / 1000,
        nodejs_eventloop_lag_p99_seconds: p99Ms / 1000,
        nodejs_eventloop_lag_max_seconds: maxMs / 1000,
        chaos_lite_hosts_online: gateway.online().length,
        chaos_lite_runs_under_way: runs.length,
        chaos_lite_runs_stuck: runs.filter((run) => run.restoration === 'stuck').length,
        chaos_lite_watchers: live.watchers,
        chaos_lite_storage_failing: store.failing() === null ? 0 : 1,
        process_resident_memory_bytes: process.memoryUsage.rss(),
        process_uptime_seconds: Math.round(process.uptime()),
      })
      return reply.type(metrics.contentType).serializer(String).send(text)
    },
  })
}
