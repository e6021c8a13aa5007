import { API, RunRow } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { ownedRun } from '../owned-run.ts'
import { StepParams } from '../params.ts'

/** A person saw the expected alert. */
export const acknowledgeAlert: Endpoint = (app, context) => {
  app.route({
    method: 'POST',
    url: `${API}/runs/:runId/acknowledge/:stepId`,
    config: { access: 'operator' },
    schema: { tags: ['runs'], params: StepParams, response: { 200: RunRow } },
    async handler(request) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      return context.runs.acknowledge(runId, request.params.stepId, who(request).name, 'person')
    },
  })
}
