import { AbortRequest, AbortView, API } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import { notStored } from '../../services/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { ownedRun } from '../owned-run.ts'
import { RunParams } from '../params.ts'

/** Stops a run: everything it changed is rolled back. */
export const abortRun: Endpoint = (app, context) => {
  app.route({
    method: 'POST',
    url: `${API}/runs/:runId/abort`,
    config: { access: 'operator', rateLimit: false },
    schema: { tags: ['runs'], params: RunParams, body: AbortRequest, response: { 200: AbortView } },
    async handler(request) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      const row = await context.runs.abort(runId, who(request).name, request.body.reason)
      return { ...row, ...notStored(context.store) }
    },
  })
}
