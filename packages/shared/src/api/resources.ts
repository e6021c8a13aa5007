import * as z from 'zod'
import { Offer } from '../catalogue/index.ts'
import { Labels } from '../labels.ts'
import { Digest, HostId, line, Params, paragraph, Ulid, UtcMs } from '../primitives.ts'
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

/** What a host is made of, as its agent reported it last. Both are null until an agent that can report it has done so. */
export const HardwareView = z.object({ hardware: Hardware.nullable(), reportedMs: UtcMs.nullable() })
export type HardwareView = z.infer<typeof HardwareView>

/** A drill file the controller knows. `mistakes` is not empty when it cannot be planned. */
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

export const PlanRequest = z.object({
  drill: z.string().max(64),
  params: Params.default({}),
})
export type PlanRequest = z.infer<typeof PlanRequest>

export const RunRequest = z.object({
  planId: Ulid,
  digest: Digest.describe('The fingerprint of the plan that was looked at: another plan is refused'),
})
export type RunRequest = z.infer<typeof RunRequest>

/** Only while the controller cannot write its store: a sentence that says so. What was done counts, and is recorded later. */
const notice = z.string().optional().describe('Only while the store cannot be written: what that means for this answer')

/** One row of the list of runs. */
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

/** The whole record of a run: the plan, and every fact as the exact bytes that were received, in order. */
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

export const AnswerRequest = z.object({
  answer: z.enum(['yes', 'no', 'partly']),
  note: line(500).nullable().default(null),
})
export const NoteRequest = z.object({ note: line(500) })
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

export const TokenRequest = z.object({
  labels: Labels.default({}),
  validForMs: z
    .int()
    .min(60_000)
    .max(7 * 86_400_000)
    .default(3_600_000),
  approve: z.boolean().default(true).describe('Approve the host at once; otherwise an administrator does it'),
})
export const TokenView = z.object({
  token: z.string().describe('Shown once; only its hash is kept'),
  expiresMs: UtcMs,
  command: z.string().describe('What to type on the host'),
})
export type TokenView = z.infer<typeof TokenView>

/** Five fields; a line out of a crontab has tabs between them. */
const Cron = z
  .string()
  .max(120)
  .regex(/^(?:[^\p{C}\p{Zl}\p{Zp}]|\t)*$/u, 'must be one line of printable text')

export const ScheduleRequest = z.object({
  drill: z.string().max(64),
  params: Params.default({}),
  cron: Cron,
  timeZone: line(64),
  name: line(128).regex(/\S/, 'must not be empty'),
})
/** As it is stored: texts that nobody would take today are shown all the same, with what is wrong about them. */
export const ScheduleView = ScheduleRequest.extend({
  scheduleId: Ulid,
  clientId: Ulid,
  drill: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  name: z.string(),
  paused: z.boolean(),
  nextMs: UtcMs.nullable(),
  lastSlotMs: z.int().nullable(),
  lastOutcome: z.string().nullable(),
  trouble: z.string().nullable().default(null).describe('Why it fires nothing; null: all is well'),
})
export type ScheduleView = z.infer<typeof ScheduleView>
export const PreviewRequest = z.object({
  cron: Cron,
  timeZone: line(64),
  fromMs: UtcMs,
  count: z.int().min(1).max(1000),
})

export const LogInRequest = z.object({ user: line(128), password: z.string().min(1).max(512) })
export const SessionView = z.object({
  notice,
  user: z.string(),
  role: z.enum(['administrator', 'operator', 'viewer']),
  clients: z.array(ClientView),
  mustChangePassword: z.boolean(),
})
export type SessionView = z.infer<typeof SessionView>
export const PasswordRequest = z.object({ current: z.string().max(512), next: z.string().min(12).max(512) })

/** Where it leads is judged by the controller; what no address of a webhook has, everywhere. */
const WebhookUrl = z.url().max(1024).refine(isPlainHttp, 'must begin with http:// or https:// and hold no password')

function isPlainHttp(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}

export const WebhookRequest = z.object({ url: WebhookUrl, purpose: paragraph(200).default('') })
export const WebhookView = z.object({ webhookId: Ulid, url: z.string(), purpose: z.string() })
export type WebhookView = z.infer<typeof WebhookView>
/** The answer to making one: its secret is shown this once. Receivers check `chaos-lite-signature` with it. */
export const WebhookCreated = WebhookView.extend({ secret: z.string() })
export type WebhookCreated = z.infer<typeof WebhookCreated>
export const WebhookTestView = z.object({ ok: z.boolean(), detail: z.string() })
export type WebhookTestView = z.infer<typeof WebhookTestView>

export const ValidateRequest = z.object({ source: z.string().max(262_144), file: line(256).default('drill.yaml') })
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
export const AlertAddressView = z.object({ url: z.string() })
export type AlertAddressView = z.infer<typeof AlertAddressView>
