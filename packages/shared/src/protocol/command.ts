import * as z from 'zod'
import { Expectation } from '../drill/index.ts'
import { Digest, line, Ms, Name, Params, Ulid } from '../primitives.ts'
import { RevertCause } from '../run/index.ts'
import { Said } from '../words/index.ts'

/** A probe that an agent is asked to run. */
export const ProbeOrder = z.strictObject({
  probeId: Name,
  probe: z.string().max(64),
  params: Params,
  everyMs: Ms.min(50).max(3_600_000),
  expect: z.record(z.string().max(64), Expectation).nullable().describe("null: the probe's own default"),
})
export type ProbeOrder = z.infer<typeof ProbeOrder>

/** One step whose `prepare` the agent is asked for; nothing is changed by asking. */
export const PrepareOrder = z.strictObject({
  stepId: Name,
  kind: z.enum(['inject', 'exercise']),
  name: z.string().max(64),
  params: Params,
  holdMs: Ms,
})
export type PrepareOrder = z.infer<typeof PrepareOrder>

/** Everything a controller may ask of an agent. There is no "run this command". */
export const Order = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('prepare'),
    steps: z.array(PrepareOrder).max(50),
    probes: z.array(ProbeOrder).max(100),
  }),
  z.strictObject({
    name: z.literal('run.open'),
    runId: Ulid,
    onLinkLoss: z.enum(['revert', 'hold']),
    probes: z.array(ProbeOrder).max(100),
  }),
  z.strictObject({
    name: z.literal('inject'),
    runId: Ulid,
    stepId: Name,
    action: z.string().max(64),
    params: Params,
    holdMs: Ms,
    effectWaitMs: Ms,
    onLinkLoss: z.enum(['revert', 'hold']),
    explanationDigest: Digest.describe(
      'As planned: the inject is refused if the host would now be touched differently',
    ),
  }),
  z.strictObject({
    name: z.literal('exercise'),
    runId: Ulid,
    stepId: Name,
    exercise: z.string().max(64),
    params: Params,
    withinMs: Ms,
  }),
  z.strictObject({
    name: z.literal('revert'),
    runId: Ulid,
    stepId: Name.nullable().describe('null: everything of this run, newest first'),
    cause: RevertCause,
  }),
  z.strictObject({ name: z.literal('run.close'), runId: Ulid }),
])
export type Order = z.infer<typeof Order>

/** The signed part of a command frame, as text. Bound to one session; expires by the receiver's monotonic clock. */
export const Command = z.strictObject({
  commandId: Ulid,
  session: z.string().regex(/^[0-9a-f]{64}$/),
  expiresInMs: Ms.max(600_000),
  order: Order,
})
export type Command = z.infer<typeof Command>

/** What an agent answers to `prepare`, step by step. */
export const PrepareAnswer = z.strictObject({
  steps: z.array(
    z.discriminatedUnion('ok', [
      z.strictObject({
        ok: z.literal(true),
        stepId: Name,
        touches: z.array(line(512)).max(64),
        sentences: z.array(line(1024)).max(32),
        messages: z
          .array(Said.nullable())
          .max(32)
          .optional()
          .describe('What each sentence means; null: only its text is known'),
        injectMs: Ms,
        revertMs: Ms,
        digest: Digest,
        effect: z
          .strictObject({ probe: z.string().max(64), params: Params, expect: z.enum(['down', 'up']) })
          .nullable()
          .describe("The action's default effect probe"),
      }),
      z.strictObject({
        ok: z.literal(false),
        stepId: Name,
        code: line(64),
        reason: line(1024),
        said: Said.optional(),
        rule: line(512).nullable(),
      }),
    ]),
  ),
  probes: z.array(
    z.strictObject({ probeId: Name, ok: z.boolean(), reason: line(1024).nullable(), rule: line(512).nullable() }),
  ),
})
export type PrepareAnswer = z.infer<typeof PrepareAnswer>

/**
 * The answer to any order. Accepted means started: what came of it is reported by facts. `prepared` is null for any order
 * but `prepare`; `rule` null: no rule of the owner decided.
 */
export const Answer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), prepared: PrepareAnswer.nullable() }),
  z.strictObject({
    ok: z.literal(false),
    code: line(64),
    reason: line(1024),
    said: Said.optional(),
    rule: line(512).nullable(),
  }),
])
export type Answer = z.infer<typeof Answer>
