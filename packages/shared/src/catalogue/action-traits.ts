import * as z from 'zod'
import { line } from '../primitives.ts'
import { builtInTraits } from './built-in-traits.generated.ts'
import type { Menu } from './menu.ts'

/**
 * Where the menu carries traits: a keyword inside the JSON Schema of an action's parameters. A schema may hold keywords
 * that its reader does not know, so a controller of any version accepts an agent that says more than it understands;
 * a new field of `MenuItem` would be refused by every older controller.
 */
export const TRAITS_KEYWORD = 'x-chaos-lite'

/** What a controller must know of an action besides its parameters. Open: a newer agent may say more. */
export const ActionTraits = z.object({
  says: line(200).optional().describe('What it did, in the past tense, with `{parameter|words without it}`'),
  restartsHost: z.boolean().optional().describe('The host loses its link and rolls back at its next boot'),
})
export type ActionTraits = z.infer<typeof ActionTraits>

/**
 * What is known of an action: of one that this version has, what this version says; of any other, what `menu` says. A host
 * can say what it likes about itself, but not change the rules for what others know.
 */
export function traitsOf(action: string, menu: Menu | null = null): ActionTraits {
  const own = Object.hasOwn(builtInTraits, action) ? builtInTraits[action] : undefined
  if (own !== undefined) return own
  for (const { name, params } of menu?.actions ?? []) {
    if (name !== action) continue
    const parsed = ActionTraits.safeParse(params[TRAITS_KEYWORD])
    if (parsed.success) return parsed.data
  }
  return {}
}
