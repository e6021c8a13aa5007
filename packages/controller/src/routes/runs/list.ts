import { HostId, Ulid, UtcMs } from '@chaos-lite/shared'
import { API, RunRow } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/index.ts'
import { companyOf } from '../company.ts'
import type { Endpoint } from '../endpoint.ts'
import { PageQuery, sendPage } from '../page.ts'

const status = ['under way', 'not passed', 'passed', 'failed', 'aborted', 'skipped', 'missed'] as const
const time = z.coerce.number().pipe(UtcMs)

const Query = z.object({
  ...PageQuery,
  limit: PageQuery.limit.default(50),
  before: Ulid.optional().describe('The header `next-cursor` of the page before: its last run'),
  status: z.enum(status).optional(),
  drill: z.string().max(64).optional(),
  host: HostId.optional().describe('Only runs with this host'),
  from: time.optional().describe('Started at or after, UTC milliseconds'),
  to: time.optional().describe('Started before, UTC milliseconds'),
  company: z.string().max(64).optional().describe('Only runs of this company'),
})

/** Runs, newest first, page by page: the headers `total-count` and `next-cursor` say what there is beyond it. */
export const listRuns: Endpoint = (app, { store }) => {
  app.route({
    method: 'GET',
    url: `${API}/runs`,
    config: { access: 'viewer' },
    schema: { tags: ['runs'], querystring: Query, response: { 200: z.array(RunRow) } },
    async handler(request, reply) {
      const { limit, text, before = null, status = null, drill = null, host = null, from, to, company } = request.query
      const page = await store.runs.page({
        ...{ limit, text, before, status, drill },
        clientIds: companyOf(clientIds(request), company),
        hostId: host,
        fromMs: from ?? null,
        toMs: to ?? null,
      })
      return sendPage(reply, page)
    },
  })
}
