import { HostId, Name, Ulid } from '@chaos-lite/shared'
import * as z from 'zod'

/** The variable parts of addresses. */
export const HostParams = z.object({ hostId: HostId })
export const RunParams = z.object({ runId: Ulid })
export const StepParams = z.object({ runId: Ulid, stepId: Name })
export const DrillParams = z.object({ name: z.string().max(64) })
export const ScheduleParams = z.object({ scheduleId: Ulid })
export const WebhookParams = z.object({ webhookId: Ulid })

/** An answer without a body. */
export const NoContent = z.void().describe('Done')
