import { actions } from '../actions/index.ts'
import type { NamedList, PolicyCeiling, PolicyList } from '../policy/index.ts'

/** What the actions of the menu add to the policy file, in the order of the menu. */
export const broughtLists: readonly PolicyList[] = actions.flatMap(({ policy }) => policy?.lists ?? [])
/** Bounds that actions of the menu bring to the policy file. */
export const ceilings: readonly PolicyCeiling[] = actions.flatMap(({ policy }) => policy?.ceilings ?? [])

/** The list whose entries answer questions of this kind; undefined where the file has one of its own, or none. */
export function broughtFor(kind: string): PolicyList | undefined {
  return broughtLists.find((list) => list.kind === kind)
}

/** Lists of actions whose entries name something of this host. */
export const namedLists: readonly NamedList[] = actions.flatMap(({ name, policy }) =>
  (policy?.lists ?? []).flatMap(({ key, named, isDisclosed }) =>
    named === undefined ? [] : [{ key, named, disclosedBy: isDisclosed === true ? name : null }],
  ),
)

/** Actions that take the whole host away from its users. */
export const takingHosts: readonly string[] = actions.flatMap(({ name, takesHostAway }) =>
  takesHostAway === true ? [name] : [],
)
