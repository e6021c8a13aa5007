import * as z from 'zod'
import { Expectation, ObjectiveName } from '../drill/index.ts'
import { Labels } from '../labels.ts'
import { Digest, HostId, line, Ms, Name, Params, paragraph, Ulid } from '../primitives.ts'
import { Said } from '../words/index.ts'

/** A host as a plan names it: the id decides, the name is for people. */
export const PlannedHost = z.strictObject({ hostId: HostId, name: line(128), labels: Labels })
export type PlannedHost = z.infer<typeof PlannedHost>

/** Where `${host.…}` makes parameters differ from host to host: those of each host, instead of `params`. */
const HostParams = z.record(HostId, Params)

/**
 * A probe of a plan, parameters filled in. `role` says whether it decides the verdict; `expect` null: what the probe
 * itself expects.
 */
export const PlannedProbe = z.strictObject({
  probeId: Name,
  role: z.enum(['steady', 'watch', 'effect']),
  probe: z.string().max(64),
  hostIds: z.array(HostId).max(1000),
  params: Params,
  hostParams: HostParams.optional(),
  everyMs: Ms.min(50),
  expect: z.record(z.string().max(64), Expectation).nullable(),
})
export type PlannedProbe = z.infer<typeof PlannedProbe>

/** What `prepare` said on one host: shown before anything is touched, and bound by `digest`. */
export const Explanation = z.strictObject({
  hostId: HostId,
  touches: z.array(line(512)).max(64),
  sentences: z
    .array(line(1024))
    .max(32)
    .describe('What is changed, what is not, by which means, how it is rolled back'),
  messages: z
    .array(Said.nullable())
    .max(32)
    .optional()
    .describe('What each sentence means; plans of older agents do not have it'),
  injectMs: Ms,
  revertMs: Ms,
  digest: Digest,
})
export type Explanation = z.infer<typeof Explanation>

const base = { stepId: Name }

/**
 * A step with its hosts and their explanations. Parameters of a host are in `hostParams` where they differ, else in
 * `params`.
 */
export const PlannedStep = z.discriminatedUnion('kind', [
  z.strictObject({
    ...base,
    kind: z.literal('inject'),
    action: z.string().max(64),
    hostIds: z.array(HostId).min(1).max(1000),
    params: Params,
    hostParams: HostParams.optional(),
    holdMs: Ms,
    effectWaitMs: Ms,
    effect: z.strictObject({ probeId: Name, expect: z.enum(['down', 'up']) }),
    onLinkLoss: z.enum(['revert', 'hold']),
    explanations: z.array(Explanation).max(1000),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('exercise'),
    exercise: z.string().max(64),
    hostIds: z.array(HostId).min(1).max(1000),
    params: Params,
    hostParams: HostParams.optional(),
    withinMs: Ms,
    explanations: z.array(Explanation).max(1000),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('ask'),
    text: line(300),
    of: line(64),
    withinMs: Ms,
    expect: z.enum(['yes', 'no', 'any']),
  }),
  z.strictObject({ ...base, kind: z.literal('alert'), text: line(300), withinMs: Ms }),
  z.strictObject({ ...base, kind: z.literal('wait'), forMs: Ms }),
])
export type PlannedStep = z.infer<typeof PlannedStep>

/**
 * Live: on real hosts. Simulated: at least one host was simulated, so the run is no evidence. Tabletop: people only.
 */
export const Mode = z.enum(['live', 'simulated', 'tabletop'])
export type Mode = z.infer<typeof Mode>

/** A drill resolved against real hosts and parameters. Approval binds to `digest`, which covers all the rest. */
export const Plan = z.strictObject({
  planId: Ulid,
  clientId: Ulid,
  drill: line(64),
  drillVersion: z.int(),
  drillDigest: Digest.describe("SHA-256 of the drill file's bytes"),
  title: line(120),
  why: paragraph(600),
  kind: z.enum(['drill', 'check', 'tabletop']),
  mode: Mode,
  params: Params,
  groups: z.record(Name, z.array(HostId).max(1000)),
  hosts: z.array(PlannedHost).max(1000),
  probes: z.array(PlannedProbe).max(200),
  steps: z.array(PlannedStep).max(50),
  objectives: z.partialRecord(ObjectiveName, z.strictObject({ withinMs: Ms })),
  abort: z.array(z.strictObject({ probeId: Name, failsInARow: z.int().min(1) })).max(20),
  release: z.enum(['early', 'at-hold']),
  revertOrder: z
    .array(Name)
    .max(50)
    .optional()
    .describe('The injects in the order in which they are rolled back at the planned end; default: newest first'),
  controls: z.array(line(80)).max(40),
  worstCaseMs: Ms.describe(
    'The longest time anything may stay changed: until the safety timer has fired and has rolled it back',
  ),
  digest: Digest,
})
export type Plan = z.infer<typeof Plan>
