import { receiveAlert } from './alerts/receive.ts'
import { showAlertAddress } from './drills/alert-address.ts'
import { listDrills } from './drills/list.ts'
import { showDrill } from './drills/show.ts'
import { validateDrill } from './drills/validate.ts'
import type { Endpoint } from './endpoint.ts'
import { approveHost } from './hosts/approve.ts'
import { showHardware } from './hosts/hardware.ts'
import { listHosts } from './hosts/list.ts'
import { revokeHost } from './hosts/revoke.ts'
import { setLabels } from './hosts/set-labels.ts'
import { showHost } from './hosts/show.ts'
import { listIncidents } from './incidents/list.ts'
import { watch } from './live/watch.ts'
import { createPlan } from './plans/create.ts'
import { abortRun } from './runs/abort.ts'
import { acknowledgeAlert } from './runs/acknowledge.ts'
import { answerQuestion } from './runs/answer.ts'
import { listRuns } from './runs/list.ts'
import { addNote } from './runs/note.ts'
import { showRecord } from './runs/record.ts'
import { showRun } from './runs/show.ts'
import { startRun } from './runs/start.ts'
import { scheduleEndpoints } from './schedules/index.ts'
import { logIn } from './session/log-in.ts'
import { logOut } from './session/log-out.ts'
import { setPassword } from './session/set-password.ts'
import { showSession } from './session/show.ts'
import { showStopAll } from './stop-all/show.ts'
import { stopAll } from './stop-all/stop.ts'
import { health } from './system/health.ts'
import { showMetrics } from './system/metrics.ts'
import { openapi } from './system/openapi.ts'
import { createToken } from './tokens/create.ts'
import { createWebhook } from './webhooks/create.ts'
import { listWebhooks } from './webhooks/list.ts'
import { removeWebhook } from './webhooks/remove.ts'
import { testWebhook } from './webhooks/test.ts'

/** Every endpoint, one file each. The table is in `shared/src/api/endpoints.ts`. */
export const endpoints: readonly Endpoint[] = [
  ...[health, showMetrics, openapi],
  ...[logIn, showSession, logOut, setPassword],
  ...[listHosts, showHost, showHardware, approveHost, revokeHost, setLabels, createToken, listIncidents],
  ...[listDrills, showDrill, validateDrill, showAlertAddress],
  ...[createPlan, startRun, listRuns, showRun, showRecord, abortRun, answerQuestion, acknowledgeAlert, addNote],
  ...[watch, stopAll, showStopAll, receiveAlert],
  ...[listWebhooks, createWebhook, removeWebhook, testWebhook],
  ...scheduleEndpoints,
]
export type { App } from './endpoint.ts'
