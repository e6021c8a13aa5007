import { HostId, Name, Ulid } from '@chaos-lite/shared'
import * as z from 'zod'

/** The variable part of an address below `/hosts/`. A part of another form is `request-invalid`. */
export const HostParams = z.object({ hostId: HostId })
/** The variable part of an address below `/runs/`. */
export const RunParams = z.object({ runId: Ulid })
/** The variable parts of the address of one step of a run. */
export const StepParams = z.object({ runId: Ulid, stepId: Name })
/** The variable part of an address below `/drills/`. Bounded only: a name that no drill has is `not-found`. */
export const DrillParams = z.object({ name: z.string().max(64) })
/** The variable part of an address below `/schedules/`. */
export const ScheduleParams = z.object({ scheduleId: Ulid })
/** The variable part of an address below `/webhooks/`. */
export const WebhookParams = z.object({ webhookId: Ulid })

/** An answer without a body. */
export const NoContent = z.void().describe('Done')
