import * as z from 'zod'
import { Offer } from '../catalogue/index.ts'
import { Labels } from '../labels.ts'
import { Digest, HostId, line, Params, Ulid, UtcMs } from '../primitives.ts'
import { Hardware, Inventory } from '../protocol/index.ts'
import { Effect, Mode, Outcome, Phase, Plan, Restoration } from '../run/index.ts'

/** An error as every endpoint answers it (RFC 9457 problem details, with our stable code). */
export const Problem = z.object({
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What happened, what was expected, what to do'),
  code: z.string(),
  /** Per host, for refused plans; per mistake, for drill files. */
  items: z.array(z.object({ where: z.string(), message: z.string(), rule: z.string().nullable() })).optional(),
})
export type Problem = z.infer<typeof Problem>

/** A company (tenant) as its users see it. The name is for people and may change; `clientId` never does. */
export const ClientView = z.object({ clientId: Ulid, name: line(128) })
export type ClientView = z.infer<typeof ClientView>

/** A host on the screen. `inventory` is null until the agent has sent it. */
export const HostView = z.object({
  hostId: HostId,
  clientId: Ulid,
  name: line(253),
  labels: Labels,
  proposedLabels: Labels.default({}).describe(
    'What the host says of itself; decides nothing until an administrator confirms it',
  ),
  state: z.enum(['pending', 'approved', 'revoked']),
  online: z.boolean(),
  lastSeenMs: UtcMs.nullable(),
  enrolledMs: UtcMs,
  inventory: Inventory.omit({ menu: true, offers: true }).nullable(),
  offers: z.array(Offer),
  busyRunId: Ulid.nullable(),
  unconfirmedRunId: Ulid.nullable()
    .default(null)
    .describe(
      'A run that ended before this host had reported how it was rolled back: it may still be changed, or down',
    ),
  clockBoundMs: z.number().nullable(),
})
export type HostView = z.infer<typeof HostView>

/**
 * What a host is made of, as its agent reported it last. Both are null until an agent that can report it has done so.
 */
export const HardwareView = z.object({ hardware: Hardware.nullable(), reportedMs: UtcMs.nullable() })
export type HardwareView = z.infer<typeof HardwareView>

/**
 * A drill file the controller knows. `mistakes` is not empty when it cannot be planned. Of a parameter, `default` is
 * null where a value must be given, and `oneOf` where it is no choice.
 */
export const DrillView = z.object({
  name: z.string(),
  version: z.int(),
  title: z.string(),
  why: z.string(),
  kind: z.enum(['drill', 'check', 'tabletop']),
  digest: Digest,
  source: z.string().describe('The file, byte for byte'),
  params: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      ask: z.string(),
      default: z.union([z.string(), z.number(), z.boolean()]).nullable(),
      oneOf: z.array(z.string()).nullable(),
    }),
  ),
  mistakes: z.array(z.string()),
})
export type DrillView = z.infer<typeof DrillView>

/**
 * Asks for a plan. Parameters that are left out take the defaults of the drill; the hosts are chosen by its targets.
 */
export const PlanRequest = z.object({
  drill: z.string().max(64),
  params: Params.default({}),
})
export type PlanRequest = z.infer<typeof PlanRequest>

/** Asks to run a plan as it was shown: `plan-changed` when the digest is not the one that is stored. */
export const RunRequest = z.object({
  planId: Ulid,
  digest: Digest.describe('The fingerprint of the plan that was looked at: another plan is refused'),
})
export type RunRequest = z.infer<typeof RunRequest>

/**
 * Only while the controller cannot write its store: a sentence that says so. What was done counts, and is recorded
 * later.
 */
const notice = z.string().optional().describe('Only while the store cannot be written: what that means for this answer')

/** One row of the list of runs. `outcome` and `endedMs` are null while it is under way. */
export const RunRow = z.object({
  runId: Ulid,
  clientId: Ulid,
  drill: z.string(),
  title: z.string(),
  mode: Mode,
  phase: Phase,
  outcome: Outcome.nullable(),
  effect: Effect,
  restoration: Restoration,
  wasStuck: z.boolean().optional().describe('A host is back only after it had been reported as stuck or unknown'),
  startedMs: UtcMs,
  endedMs: UtcMs.nullable(),
  summary: z.string().describe('One sentence a manager understands'),
})
export type RunRow = z.infer<typeof RunRow>

/** The answer to an abort. */
export const AbortView = RunRow.extend({ notice })
export type AbortView = z.infer<typeof AbortView>

/**
 * The whole record of a run: the plan, and every fact as the exact bytes that were received, in order. Null: the plan
 * of a missed slot, and the host of a fact of the controller.
 */
export const RunRecord = z.object({
  format: z.literal('chaos-lite-record/1'),
  runId: Ulid,
  plan: Plan.nullable(),
  facts: z.array(
    z.object({
      source: z.enum(['agent', 'controller']),
      hostId: HostId.nullable(),
      receivedMs: UtcMs,
      digest: Digest,
      line: z.string().describe('The exact bytes, as text'),
    }),
  ),
})
export type RunRecord = z.infer<typeof RunRecord>

/** An answer to a question of a run. Null as note: nothing besides the answer. */
export const AnswerRequest = z.object({
  answer: z.enum(['yes', 'no', 'partly']),
  note: line(500).nullable().default(null),
})
/** An observation that a person adds to the record of a run. */
export const NoteRequest = z.object({ note: line(500) })
/** Asks to abort a run. The reason is stored in its record as it was typed. */
export const AbortRequest = z.object({ reason: line(300).default('stopped by hand') })

/**
 * Where stopping everything stands, host by host, until the last one confirms. `unreachable` and `not put back` are
 * shown in red, with what is known, for as long as it is so.
 */
export const StopAllView = z.object({
  notice,
  stoppedMs: UtcMs.nullable().describe('When everything was last stopped; null: never'),
  hosts: z.array(
    z.object({
      hostId: HostId,
      name: z.string(),
      runId: Ulid.nullable(),
      state: z.enum(['asked', 'putting back', 'confirmed', 'unreachable', 'not put back']),
      detail: z.string().describe('What is known, as sentences'),
    }),
  ),
})
export type StopAllView = z.infer<typeof StopAllView>

/** Asks for an enrolment token. `validForMs` is between one minute and seven days; default: one hour. */
export const TokenRequest = z.object({
  labels: Labels.default({}),
  validForMs: z
    .int()
    .min(60_000)
    .max(7 * 86_400_000)
    .default(3_600_000),
  approve: z.boolean().default(true).describe('Approve the host at once; otherwise an administrator does it'),
})
/** An enrolment token, once: nobody can read it again. `expiresMs` is a reading of the controller's clock. */
export const TokenView = z.object({
  token: z.string().describe('Shown once; only its hash is kept'),
  expiresMs: UtcMs,
  command: z.string().describe('What to type on the host'),
})
export type TokenView = z.infer<typeof TokenView>

/** A name and a password. Bounds keep the cost of one attempt small; they are not the rules of a new password. */
export const LogInRequest = z.object({ user: line(128), password: z.string().min(1).max(512) })
/** Who is logged in. `clients` holds the companies that this user may see: all of them for an administrator. */
export const SessionView = z.object({
  notice,
  user: z.string(),
  role: z.enum(['administrator', 'operator', 'viewer']),
  clients: z.array(ClientView),
  mustChangePassword: z.boolean(),
})
export type SessionView = z.infer<typeof SessionView>
/** Asks to change the password. Length counts, not kinds of characters (NIST SP 800-63B-4, section 3.1.1.2). */
export const PasswordRequest = z.object({ current: z.string().max(512), next: z.string().min(12).max(512) })

/**
 * Asks for the mistakes of a drill file that is not stored. At most 256 KiB of text; `file` only names it in the
 * answer.
 */
export const ValidateRequest = z.object({ source: z.string().max(262_144), file: line(256).default('drill.yaml') })
/**
 * Every mistake of a drill file with its place (counted from 1); none: the file is valid. Null: the message says it
 * all.
 */
export const ValidateView = z.object({
  mistakes: z.array(
    z.object({
      file: z.string(),
      path: z.string(),
      line: z.int(),
      column: z.int(),
      message: z.string(),
      expected: z.string().nullable(),
      nearest: z.string().nullable(),
    }),
  ),
})
export type ValidateView = z.infer<typeof ValidateView>
