import { AlertAddressView, API } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { DrillParams } from '../params.ts'

/** The address that the monitoring system calls when it notices this drill's failure. Whoever has it can acknowledge. */
export const showAlertAddress: Endpoint = (app, { drills, alerts, address }) => {
  app.route({
    method: 'GET',
    url: `${API}/drills/:name/alert-address`,
    config: { access: 'operator' },
    schema: { tags: ['drills'], params: DrillParams, response: { 200: AlertAddressView } },
    handler(request) {
      const { name } = drills.view(request.params.name)
      return { url: `${address.publicUrl}${API}/alerts/${alerts.secretFor(who(request).clientId, name)}` }
    },
  })
}
