import { ChaosError, type Run, RunState } from '@chaos-lite/shared'
import { API } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { longJson } from '../long-json.ts'
import { ownedRun } from '../owned-run.ts'
import { RunParams } from '../params.ts'

/** A run as it stands now: what the one reducer makes of its facts. */
export const showRun: Endpoint = (app, context) => {
  app.route({
    method: 'GET',
    url: `${API}/runs/:runId`,
    config: { access: 'viewer' },
    schema: { tags: ['runs'], params: RunParams, response: { 200: RunState } },
    async handler(request, reply) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      const run = await context.runBook.get(runId)
      if (!run) throw new ChaosError('not-found', `There are no facts of run ${runId}.`)
      return reply.type('application/json; charset=utf-8').send(longJson(run) as unknown as Run)
    },
  })
}
