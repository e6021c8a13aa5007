/** What the owner bounds by a number: see `ceilings.ts`. */
export type CeilingName = 'cpuAtMost' | 'memoryKeepFree' | 'diskKeepFree' | 'ioAtMost'

/** A question for the host owner's policy: the kind of thing and the thing itself. */
export interface PolicyQuestion {
  readonly kind:
    | 'service'
    | 'process'
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
    | 'port'
    | 'interface'
    | 'share'
    | CeilingName
  readonly value: string
  /** The failure does not touch it; only its effect is looked for there. The lists for probes count. */
  readonly look?: true
}
