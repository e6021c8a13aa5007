import * as z from 'zod'
import { line, Name, paragraph } from '../primitives.ts'

/** What a person types for a duration: `500ms`, `10s`, `15m`, `2h`; or a parameter that holds one. */
export const DurationText = z
  .string()
  .regex(
    /^(?:\d{1,7}(?:ms|s|m|h)|\$\{params\.[a-zA-Z][a-zA-Z0-9_-]{0,62}\})$/,
    'must be a duration such as 500ms, 10s, 15m or 2h',
  )
  .meta({ title: 'Duration', examples: ['10s', '15m'] })

/** The types a parameter may have. Anything typed by a person is checked against its type before it is used. */
export const ParamType = z.enum([
  'hostname',
  'ipAddress',
  'port',
  'serviceName',
  'accountName',
  'groupName',
  'folder',
  'file',
  'url',
  'duration',
  'size',
  'number',
  'text',
  'choice',
  'repositoryName',
  'credentialName',
])
export type ParamType = z.infer<typeof ParamType>

/** A value that a drill asks for before it is planned, so that one file fits many companies. */
export const ParamDeclaration = z.strictObject({
  type: ParamType.describe('What kind of value it is; anything typed is checked against it'),
  ask: line(200).describe('The question a person is asked for the value'),
  default: z
    .union([z.string().max(512), z.number(), z.boolean()])
    .optional()
    .describe('The value unless one is given; must fit the type'),
  oneOf: z.array(z.string().max(128)).min(1).max(32).optional().describe('The values allowed for a choice'),
})
export type ParamDeclaration = z.infer<typeof ParamDeclaration>

/**
 * Chooses hosts by labels. One of `exactly` and `atMost` is required (a lint checks it): no drill has an open number of
 * hosts.
 */
export const TargetSelector = z.strictObject({
  where: z
    .record(z.string().max(64), z.string().max(128))
    .describe('Labels that a host must carry, all of them; of a label with several values, one is enough'),
  exactly: z.int().min(1).max(1000).optional().describe('So many hosts, or the plan is refused'),
  atLeast: z.int().min(1).max(1000).optional().describe('Fewer hosts, and the plan is refused'),
  atMost: z.int().min(1).max(1000).optional().describe('More hosts, and the plan is refused'),
})
export type TargetSelector = z.infer<typeof TargetSelector>

/** One expectation: equal to a value, or within bounds, or one of several. */
export const Expectation = z.union([
  z.string().max(512),
  z.number(),
  z.boolean(),
  z.strictObject({
    atLeast: z.union([z.number(), DurationText]).optional(),
    atMost: z.union([z.number(), DurationText]).optional(),
    oneOf: z
      .array(z.union([z.string().max(512), z.number()]))
      .max(32)
      .optional(),
    not: z.union([z.string().max(512), z.number(), z.boolean()]).optional(),
  }),
])
export type Expectation = z.infer<typeof Expectation>

const With = z.record(z.string().max(64), z.json()).describe('Parameters of this action, probe or exercise')
const Expect = z.record(z.string().max(64), Expectation)

/** A probe on every host of a group. Names and parameters are checked against the menu of the hosts, not here. */
export const ProbeUse = z.strictObject({
  probe: z.string().max(64).describe('Which probe of the menu, such as http or service'),
  on: Name.describe('The group of hosts that it runs on'),
  with: With.optional(),
  every: DurationText.optional().describe('How often to sample; default: 1s'),
  expect: Expect.optional().describe("What the probe's value must be; default: as the probe itself says"),
})
export type ProbeUse = z.infer<typeof ProbeUse>

/** Which probe confirms the impact of an inject, and which of its two statuses counts as impact. */
export const EffectUse = z.strictObject({
  probe: Name.describe('A probe of steadyState or watch'),
  expect: z.enum(['down', 'up']).describe('What shows that the failure took hold'),
  within: DurationText.optional().describe('How long to wait for it'),
})

const stepName = { name: Name.optional().describe('A name for this step; default: numbered') }

/** Starts a failure. `hold` is an upper bound: an abort, a lost lease or an early release rolls it back sooner. */
export const InjectStep = z.strictObject({
  ...stepName,
  inject: z.string().max(64).describe('Which action of the menu, such as service.stop'),
  on: Name.describe('The group of hosts that it is done to'),
  with: With.optional(),
  hold: DurationText.describe('The longest time the failure stays in place'),
  effect: EffectUse.optional().describe('What shows the failure; default: the probe that the action itself names'),
  onLinkLoss: z
    .enum(['revert', 'hold'])
    .optional()
    .describe('hold: only where the drill itself cuts the link to the controller; default: revert'),
})
/** Runs an exercise, such as a restore of a backup, on every host of a group. It is given up after `within`. */
export const ExerciseStep = z.strictObject({
  ...stepName,
  exercise: z.string().max(64).describe('Which exercise of the menu, such as backup.restore'),
  on: Name.describe('The group of hosts that do it'),
  with: With.optional(),
  within: DurationText.describe('When it is given up'),
})
/** Asks a person something that no probe can see. No answer within the time counts as a wrong one. */
export const AskStep = z.strictObject({
  ...stepName,
  ask: line(300).describe('A question that a person answers while the failure is in place'),
  of: line(64).describe('Who is asked'),
  within: DurationText.describe('How long they have'),
  expect: z.enum(['yes', 'no', 'any']).optional().describe('The answer that passes; default: yes'),
})
/** Waits for an alert of the company's own monitoring, which reports it to the alert address of the drill. */
export const AlertStep = z.strictObject({
  ...stepName,
  expectAlert: line(300).describe('The alert that should reach somebody'),
  within: DurationText.describe('How long it may take'),
})
/** Lets time pass, such as until a cache has expired. */
export const WaitStep = z.strictObject({ ...stepName, wait: DurationText.describe('Do nothing for so long') })

/**
 * One activity of the method. Its only key among `inject`, `exercise`, `ask`, `expectAlert` and `wait` says which kind
 * it is.
 */
export const Step = z.union([InjectStep, ExerciseStep, AskStep, AlertStep, WaitStep])
export type Step = z.infer<typeof Step>

/**
 * The timings that a run measures; a drill may set a target for each. `run/objectives/` defines how each is measured.
 */
export const ObjectiveName = z.enum(['detect', 'switch', 'outage', 'recover', 'restore', 'dataAge'])
export type ObjectiveName = z.infer<typeof ObjectiveName>

/** Ends a run early when a probe fails too often in a row: the failure costs more than the drill is worth. */
export const AbortCondition = z.strictObject({
  probe: Name.describe('A probe of steadyState or watch'),
  failsInARow: z.int().min(1).max(100_000).describe('After so many bad samples on end the run stops and rolls back'),
})

/** A drill as its author writes it, before parameters are filled in. */
export const Drill = z.strictObject({
  drill: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and -')
    .describe('The name of the drill; the same as its file'),
  version: z.int().min(1).describe('Raised whenever the drill is changed'),
  title: line(120).describe('One line for screens and reports'),
  why: paragraph(600).describe('The question this drill answers, in one sentence'),
  params: z.record(Name, ParamDeclaration).optional().describe('What is asked before planning; read as ${params.name}'),
  targets: z.record(Name, TargetSelector).describe('Groups of hosts, chosen by labels'),
  objectives: z
    .partialRecord(ObjectiveName, z.strictObject({ within: DurationText }))
    .optional()
    .describe('Target times'),
  steadyState: z
    .record(Name, ProbeUse)
    .optional()
    .describe('The health checks: what must pass before, and again after'),
  watch: z.record(Name, ProbeUse).optional().describe('Probes that give no verdict: they show what else broke'),
  method: z.array(Step).max(50).describe('What is done, in order'),
  abort: z.array(AbortCondition).max(20).optional().describe('What ends the run early; everything is rolled back'),
  release: z
    .enum(['early', 'at-hold'])
    .optional()
    .describe(
      'early: rolled back as soon as every question is answered, every alert has come and every objective is measured; what is not there when its own time is over is not waited for. Default: at-hold',
    ),
  revertOrder: z
    .array(Name)
    .min(2)
    .max(50)
    .optional()
    .describe(
      'The names of all injects, in the order in which they are rolled back at the planned end, where they share no host and no resource. Default: newest first; always newest first after an abort, a lost lease, a halt or a crash',
    ),
  limits: z
    .strictObject({ hosts: z.int().min(1).max(1000).optional(), holdAtMost: DurationText.optional() })
    .optional(),
  controls: z.array(line(80)).max(40).optional().describe('What of which standard this is evidence for'),
})
export type Drill = z.infer<typeof Drill>
