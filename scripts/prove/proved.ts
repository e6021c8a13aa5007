import type { Thing } from './scene.ts'

/** One way a host may look before an action, and what the action is asked to do there. */
export interface Setting {
  readonly title: string
  readonly things: readonly Thing[]
  readonly params: object
}

/** How one action is proved. A new action needs one entry here. */
export interface Proved {
  readonly action: string
  /** The lists of `policy.yaml` that allow it. */
  readonly policy: Readonly<Record<string, readonly string[]>>
  /** Stand-in services of the pretended host; in the lab these are real units that exist already. */
  readonly services?: readonly string[]
  /** Programs that run on the pretended host, by name; each twice, as a server and its worker would. */
  readonly programs?: readonly string[]
  /** The pretended host gets a file system of 400 MiB here that counts as a disk. */
  readonly disk?: string
  readonly settings: readonly [Setting, ...Setting[]]
  /** The pretended host gets a network of its own: lan0 (192.0.2.5), and a firewall table of somebody else. */
  readonly network?: true
  /** Why it can be proved in one world only; both unless told. */
  readonly only?: 'namespace' | 'lab'
  /** What a real host of the lab is given, as programs that are run one after the other. */
  readonly lab?: readonly (readonly string[])[]
  /** Of the lab's services that no boot starts (`BY_HAND`), these run before it. */
  readonly runs?: readonly string[]
  /** The host of the lab has a folder of another host mounted, see `scripts/lab/share.ts`. */
  readonly share?: true
  /** It restarts the host: what else lets a host go down cannot be told from it, and is not drawn. */
  readonly restarts?: true
  /** It changes files: every order of its writes is replayed, on disks on which these lie besides. */
  readonly orders?: readonly Thing[]
}

/** `policy.yaml` for these. */
export function policyFor(all: readonly Proved[]): string {
  const lists = new Map<string, string[]>([['actions', all.map(({ action }) => action)]])
  for (const [list, entries] of all.flatMap(({ policy }) => Object.entries(policy))) {
    lists.set(list, [...new Set([...(lists.get(list) ?? []), ...entries])])
  }
  const lines = [...lists].map(([list, entries]) => `${list}: ${JSON.stringify(entries)}`)
  return ['policy: 1', ...lines, ''].join('\n')
}
