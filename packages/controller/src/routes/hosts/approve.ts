import { HostId } from '@chaos-lite/shared'
import { API, HostView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

const Body = z
  .object({
    replaces: HostId.optional().describe(
      'A host that this one takes the place of: it is revoked in the same transaction',
    ),
    besides: z.boolean().default(false).describe('Approve it although another approved host has its name'),
  })
  .nullish()

/**
 * Lets an enrolled host take part. If it waits on its link, it is let in at once. Refused where another approved host
 * has its name and nobody says what becomes of that one.
 */
export const approveHost: Endpoint = (app, { hostAdmin }) => {
  app.route({
    method: 'POST',
    url: `${API}/hosts/:hostId/approve`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], params: HostParams, body: Body, response: { 200: HostView } },
    handler(request) {
      const { replaces = null, besides = false } = request.body ?? {}
      return hostAdmin.approve(request.params.hostId, { replaces, besides }, clientIds(request))
    },
  })
}
