import { AnswerRequest, API, RunRow } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { ownedRun } from '../owned-run.ts'
import { StepParams } from '../params.ts'

/** A person answers a question of the drill. */
export const answerQuestion: Endpoint = (app, context) => {
  app.route({
    method: 'POST',
    url: `${API}/runs/:runId/answers/:stepId`,
    config: { access: 'operator' },
    schema: { tags: ['runs'], params: StepParams, body: AnswerRequest, response: { 200: RunRow } },
    async handler(request) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      return context.runs.answer(runId, request.params.stepId, request.body, who(request).name)
    },
  })
}
