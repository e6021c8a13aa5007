import * as z from 'zod'

/** What a disk says when it fails (errno names). */
export const DiskError = z.enum(['ENOSPC', 'EIO', 'EROFS'])
export type DiskError = z.infer<typeof DiskError>

/**
 * Where an unchanged program is struck: at the k-th call of one kind that a thread makes, or while the failure is held.
 * `kill` is SIGKILL on entering the call, `stop` SIGTERM, `error` lets the call fail; `lasting` lets it fail from then on.
 * `freeze` is SIGSTOP, `hang` lets the call not return: what is done then goes on beside it.
 */
export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kill'), call: z.string(), nth: z.int().min(1) }),
  z.strictObject({ kind: z.literal('stop'), call: z.string(), nth: z.int().min(1) }),
  z.strictObject({ kind: z.literal('freeze'), call: z.string(), nth: z.int().min(1) }),
  z.strictObject({ kind: z.literal('hang'), call: z.string(), nth: z.int().min(1) }),
  z.strictObject({
    kind: z.literal('error'),
    call: z.string(),
    nth: z.int().min(1),
    error: DiskError,
    lasting: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('kill while held') }),
])
export type Fault = z.infer<typeof Fault>

const fault = Fault.optional()

/** When the link is cut: right after the order was sent, when the journal names the failure, when it was started. */
export const Cut = z.enum(['ordered', 'injecting', 'held'])
export type Cut = z.infer<typeof Cut>

/**
 * What happens to the host, one step after the other. After the last one the host goes on as hosts do: the agent is
 * started again and rolls back what it finds.
 */
export const Step = z.discriminatedUnion('do', [
  /** The failure: shown, started, confirmed, held, rolled back. */
  z.strictObject({ do: z.literal('rehearse'), holdMs: z.int().min(0), fault }),
  /** A controller starts the failure and is cut off: both ends see it, or (`silent`) nothing comes through any more. */
  z.strictObject({ do: z.literal('drill'), cut: Cut, silent: z.boolean(), fault }),
  /** The failure is that the host restarts: it does, and boots; or the power is cut so long after it was ordered. */
  z.strictObject({ do: z.literal('restart'), cutAfterMs: z.int().min(0).max(60_000).optional() }),
  /** What the boot units and the start of the agent do; `early`: only the first phase of a boot. */
  z.strictObject({ do: z.literal('recover'), early: z.boolean().optional(), fault }),
  /** What the safety timer starts, for the newest open record. */
  z.strictObject({ do: z.literal('failsafe'), fault }),
  /** A person stops everything, and lifts that again; then whatever is frozen goes on. */
  z.strictObject({ do: z.literal('halt') }),
  /** Both at once. */
  z.strictObject({ do: z.literal('recover and failsafe'), fault }),
  /** Every process dies at once and the host starts anew, with another boot id. */
  z.strictObject({ do: z.literal('reboot') }),
  /** As `reboot`, and what was not synced is lost. */
  z.strictObject({ do: z.literal('power cut') }),
  /** No disk of the host takes a byte more, or none can be written to at all; until it is repaired. */
  z.strictObject({ do: z.literal('disk full') }),
  z.strictObject({ do: z.literal('disk read-only') }),
  z.strictObject({ do: z.literal('disk mended') }),
  /** From here on another version of the agent is installed. */
  z.strictObject({ do: z.literal('upgrade') }),
  /** Somebody changes something of their own: which of the action's people. */
  z.strictObject({ do: z.literal('people'), what: z.int().min(0) }),
  /** A copy of the whole host is kept. */
  z.strictObject({ do: z.literal('snapshot') }),
  /** The whole host is restored from that copy, and starts from it. */
  z.strictObject({ do: z.literal('restore snapshot') }),
  /** Only the agent's own folder is restored from it: an old journal on a host that has moved on. */
  z.strictObject({ do: z.literal('restore old journal') }),
])
export type Step = z.infer<typeof Step>

/** One thing that can be replayed: an action with its parameters, and what befalls it. */
export const Schedule = z.strictObject({
  seed: z.int().min(0).nullable(),
  world: z.enum(['namespace', 'lab']),
  /** In the lab: what the host's root lies on. */
  disk: z.enum(['ext4', 'ext4-noauto', 'xfs']).optional(),
  action: z.string(),
  /** Which of the action's scenes. */
  scene: z.int().min(0),
  scenario: z.string(),
  steps: z.array(Step).min(1).max(16),
})
export type Schedule = z.infer<typeof Schedule>
