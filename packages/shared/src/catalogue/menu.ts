import * as z from 'zod'
import { line } from '../primitives.ts'

/**
 * What a host must be able to do for an action or probe to be offered there. Open: an agent that is newer than its
 * controller may know abilities of which that has never heard, and is understood all the same.
 */
export const AbilityName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of an ability')
export type AbilityName = z.infer<typeof AbilityName>

/** One dish of the menu: an action, a probe or an exercise, with its parameters as JSON Schema. */
export const MenuItem = z.strictObject({
  name: z.string().regex(/^[a-z]+(?:\.[a-z]+)?$/),
  summary: line(300),
  needs: z.array(AbilityName).max(10),
  params: z.record(z.string(), z.json()).describe('JSON Schema 2020-12, generated from zod'),
  value: z
    .array(z.strictObject({ field: line(64), meaning: line(200) }))
    .max(32)
    .optional()
    .describe('What a probe answers'),
})
export type MenuItem = z.infer<typeof MenuItem>

/**
 * What an agent can do, as its inventory reports it. Bounds are generous: they stop a hostile host, not a newer agent.
 */
export const Menu = z.strictObject({
  actions: z.array(MenuItem).max(100),
  probes: z.array(MenuItem).max(100),
  exercises: z.array(MenuItem).max(100),
})
export type Menu = z.infer<typeof Menu>

/** Why a host does or does not offer one item: from its operating system and its own policy. */
export const Offer = z.strictObject({
  name: line(64),
  kind: z.enum(['action', 'probe', 'exercise']),
  offered: z.boolean(),
  /** What is missing: `ability`, the host cannot; `permission`, its policy does not allow it. Null: nothing. */
  lacks: z.enum(['ability', 'permission']).nullable().optional(),
  why: line(512),
})
export type Offer = z.infer<typeof Offer>
