import { API, NoteRequest, RunRow } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { ownedRun } from '../owned-run.ts'
import { RunParams } from '../params.ts'

/** What a person saw, with name and time. */
export const addNote: Endpoint = (app, context) => {
  app.route({
    method: 'POST',
    url: `${API}/runs/:runId/notes`,
    config: { access: 'operator' },
    schema: { tags: ['runs'], params: RunParams, body: NoteRequest, response: { 201: RunRow } },
    async handler(request, reply) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      return reply.code(201).send(await context.runs.note(runId, request.body.note, who(request).name))
    },
  })
}
