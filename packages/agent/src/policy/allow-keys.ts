import { actionCeilingKeys, actionListKeys } from './action-keys.generated.ts'

/*
 * The keys that `policy allow` takes. They stand here by themselves, so that the help of the command line loads neither
 * the schema nor its library nor the actions; a test compares them with the schema.
 */

/** Lists of texts. */
export const listKeys: readonly string[] = [
  ...['actions', 'exercises'],
  ...actionListKeys,
  ...['names', 'addresses', 'folders', 'files', 'accounts', 'groups', 'repositories', 'credentials'],
  ...['probeHosts', 'probePaths'],
]

/** Keys of the policy whose value is a duration. */
export const durationKeys = ['holdAtMost', 'heldAtMostPerDay', 'restBetween'] as const
/** Keys of the policy whose value is a number: the bounds that actions bring. */
export const ceilingKeys = actionCeilingKeys

/** These are no list of texts: `policy` is the version of the file, and a window of `hours` has several parts. */
export const keysByHand = ['policy', 'hours'] as const

/** Every key that `policy allow` can change. */
export const allowKeys: readonly string[] = [...listKeys, ...durationKeys, ...ceilingKeys]
