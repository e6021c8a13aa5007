import { API, HostView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/index.ts'
import { companyOf } from '../company.ts'
import type { Endpoint } from '../endpoint.ts'
import { PageQuery, sendPage } from '../page.ts'

const Query = z.object({
  ...PageQuery,
  state: z.enum(['pending', 'approved', 'revoked']).optional(),
  link: z.enum(['online', 'offline']).optional().describe('Only hosts with, or without, a link now'),
  order: z
    .enum(['attention', 'name', 'last seen'])
    .default('attention')
    .describe('`attention`: those with a drill under way first, then those that need a person'),
  company: z.string().max(64).optional().describe('Only the hosts of this company'),
  cursor: z.string().max(1024).optional().describe('The header `next-cursor` of the page before'),
})

/** Hosts of the user's companies, page by page: the headers `total-count` and `next-cursor` say what there is beyond it. */
export const listHosts: Endpoint = (app, { hosts }) => {
  app.route({
    method: 'GET',
    url: `${API}/hosts`,
    config: { access: 'viewer' },
    schema: { tags: ['hosts'], querystring: Query, response: { 200: z.array(HostView) } },
    async handler(request, reply) {
      const { company, state = null, link = null, cursor = null, ...rest } = request.query
      const query = { ...rest, state, link, cursor, clientIds: companyOf(clientIds(request), company) }
      return sendPage(reply, await hosts.page(query))
    },
  })
}
