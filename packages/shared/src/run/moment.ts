import * as z from 'zod'
import { HostId, line } from '../primitives.ts'

/** A reading of one host's monotonic clock, kept so that it can be placed anew when the clocks are better known. */
export const RawReading = z.strictObject({
  hostId: HostId,
  bootId: line(64),
  lowMonoMs: z.number(),
  highMonoMs: z.number(),
  wallMinusMonoMs: z.number().describe("The host's calendar clock minus its monotonic clock, as the fact had it"),
})
export type RawReading = z.infer<typeof RawReading>

/** How well an instant is placed on the controller's time line. */
export const ClockKnowledge = z.enum(['controller', 'measured', 'not measured', 'contradicted'])
export type ClockKnowledge = z.infer<typeof ClockKnowledge>

/**
 * An instant on the controller's time line (UTC ms), certain to lie between `lowMs` and `highMs`. `raw` is the host's
 * own reading; null for the controller's facts. `not measured` means: placed by the host's calendar clock, ± 60 s;
 * `contradicted`: measurements of this clock cannot all be right, and the interval holds what each of them says.
 */
export const Moment = z.strictObject({
  lowMs: z.number(),
  highMs: z.number(),
  clock: ClockKnowledge,
  raw: RawReading.nullable(),
})
export type Moment = z.infer<typeof Moment>

/** One measurement of a host's clock against the controller's. */
export const ClockMeasurement = z.strictObject({
  hostId: HostId,
  bootId: line(64),
  offsetMs: z.number(),
  boundMs: z.number().min(0),
  measuredMs: z.number().describe("On the controller's time line"),
})
export type ClockMeasurement = z.infer<typeof ClockMeasurement>
