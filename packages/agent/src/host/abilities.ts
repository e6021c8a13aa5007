/** What an agent of this version can find out about a host; an action or probe names those that it needs. */
export const abilities = [
  'files',
  'acl',
  'services',
  'processes',
  'loads',
  'accounts',
  'resolver',
  'packet-filter',
  'network',
  'mounts',
  'backup-tools',
  'pam',
  'restart',
] as const
/** What this version can ask of a host. Open on the wire: see `AbilityName`. */
export type Ability = (typeof abilities)[number]

/** Does this host have it? With a reason that a person can act on. */
export interface AbilityAnswer {
  readonly has: boolean
  readonly why: string
}
/** An answer for each ability, with the reason as a sentence also where the host has it. */
export type Abilities = ReadonlyMap<Ability, AbilityAnswer>
