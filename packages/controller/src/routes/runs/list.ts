import { Ulid } from '@chaos-lite/shared'
import { API, RunRow } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/own/access.ts'
import type { Endpoint } from '../endpoint.ts'

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: Ulid.optional().describe('The last run of the page before'),
})

/** Runs, newest first. */
export const listRuns: Endpoint = (app, { store }) => {
  app.route({
    method: 'GET',
    url: `${API}/runs`,
    config: { access: 'viewer' },
    schema: { tags: ['runs'], querystring: Page, response: { 200: z.array(RunRow) } },
    async handler(request) {
      const { limit, before = null } = request.query
      const pages = await Promise.all(clientIds(request).map((id) => store.runs.ofClient(id, { limit, before })))
      const rows = pages.flat().sort((a, b) => (a.runId < b.runId ? 1 : -1))
      return rows.slice(0, limit)
    },
  })
}
