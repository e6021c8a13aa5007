/** What probes and several actions ask about; the policy file has lists for these whatever the menu holds. */
export type CommonKind =
  | 'name'
  | 'address'
  | 'folder'
  | 'file'
  | 'account'
  | 'group'
  | 'repository'
  | 'credential'
  | 'url'
  /** A name that is only looked up. */
  | 'lookup'
  /** A path whose file system is looked at: its size, not what lies there. */
  | 'disk'

/** A question for the host owner's policy: the kind of thing and the thing itself. */
export interface PolicyQuestion {
  /** Or a kind that an action brought with a list or a ceiling of its own. No line can answer one that nobody brought. */
  readonly kind: CommonKind | (string & {})
  readonly value: string
  /** The failure does not touch it; only its effect is looked for there. The lists for probes count. */
  readonly look?: true
}
