/**
 * The HTTP interface in one place, so that the browser and the command line spell paths like the controller does.
 * A page is an array; the header `total-count` says how many items match (`10000+`: more than are counted), and `next-cursor`, where
 * there are more, begins the next page as `cursor` (hosts) or `before` (runs).
 *
 * All but `health` and `logIn` need a session cookie or a bearer token.
 *
 * | method and path | body → answer |
 * |---|---|
 * | GET /healthz | → { status, storage } |
 * | POST /api/v1/session | LogInRequest → SessionView, sets the cookie; with header `accept-token: yes` also { token } |
 * | GET, DELETE /api/v1/session | → SessionView; ends it |
 * | POST /api/v1/session/password | PasswordRequest → SessionView |
 * | GET /api/v1/hosts?text&state&link&order&company&limit&cursor, /hosts/:hostId | → HostView[] (a page), HostView |
 * | GET /hosts/:hostId/hardware | → HardwareView |
 * | GET /api/v1/incidents | → IncidentView[], newest first |
 * | POST /hosts/:hostId/approve | { replaces?: another host, which is revoked; besides?: keep both of one name } → HostView |
 * | POST /hosts/:hostId/revoke | → HostView |
 * | PUT /hosts/:hostId/labels | Labels → HostView |
 * | POST /api/v1/tokens | TokenRequest → TokenView |
 * | GET /api/v1/drills, /drills/:name | → DrillView[], DrillView |
 * | POST /api/v1/drills/validate | ValidateRequest → ValidateView |
 * | POST /api/v1/plans | PlanRequest → Plan, or a Problem with a reason per host |
 * | POST /api/v1/runs | RunRequest → RunRow |
 * | GET /api/v1/runs?text&status&drill&host&from&to&company&limit&before | → RunRow[] (a page), newest first |
 * | GET /runs/:runId | → RunState |
 * | GET /runs/:runId/record | → RunRecord |
 * | POST /runs/:runId/abort | AbortRequest → RunRow |
 * | POST /runs/:runId/answers/:stepId | AnswerRequest → RunRow |
 * | POST /runs/:runId/acknowledge/:stepId | {} → RunRow: the expected alert was seen by a person |
 * | POST /runs/:runId/notes | NoteRequest → RunRow |
 * | POST, GET /api/v1/stop-all | → StopAllView |
 * | POST /api/v1/alerts/:secret | anything up to 1 MiB → 204: the alert webhook address of one drill (not guessable) |
 * | GET /api/v1/drills/:name/alert-address | → AlertAddressView |
 * | GET, POST /api/v1/schedules; DELETE /schedules/:id; POST /schedules/:id/pause, /resume | ScheduleView |
 * | POST /api/v1/schedules/preview | PreviewRequest → { instantsMs } |
 * | GET, POST /api/v1/webhooks; DELETE /webhooks/:id; POST /webhooks/:id/test | WebhookRequest → WebhookCreated; WebhookView[]; WebhookTestView |
 * | GET /api/openapi.json | → OpenAPI 3.1 |
 */
export const API = '/api/v1'
