import { API, RunRecord } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { ownedRun } from '../owned-run.ts'
import { RunParams } from '../params.ts'

/** The whole record of a run: every fact as the exact bytes that were received, in order. */
export const showRecord: Endpoint = (app, context) => {
  app.route({
    method: 'GET',
    url: `${API}/runs/:runId/record`,
    config: { access: 'viewer' },
    schema: { tags: ['runs'], params: RunParams, response: { 200: RunRecord } },
    async handler(request) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      const run = await context.runBook.get(runId)
      const facts = [...(await context.store.facts.linesOfRun(runId))]
      return { format: 'chaos-lite-record/1', runId, plan: run?.plan ?? null, facts } as const
    },
  })
}
