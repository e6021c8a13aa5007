import type { Person } from './people.ts'
import type { Thing } from './scene.ts'
import type { Schedule } from './schedule.ts'

/** One way a host may look before an action, and what the action is asked to do there. */
export interface Setting {
  readonly title: string
  readonly things: readonly Thing[]
  readonly params: object
  /** The world it can be set up in; both for the first setting, the pretended hosts by default for the others. */
  readonly only?: Schedule['world']
  /** A shell script that completes the pretended host before it boots: mounts, hard links, flags of files. */
  readonly prepare?: string
  /** A shell script that runs at each boot of the pretended host: tables of a firewall. */
  readonly atBoot?: string
  /** The agent refuses here: nothing may change, and nothing can be struck. */
  readonly refused?: true
  /** The pretended host runs a program that holds this file open, and appends each line of `/run/say` to it. */
  readonly holds?: string
  /** What somebody may do meanwhile here, besides what the action names. */
  readonly people?: readonly Person[]
  /** Scenarios that this setting cannot outlast, whatever the agent does. */
  readonly without?: readonly string[]
}

/** How one action is proved. A new action brings one in `test/actions/<folder>/proof.ts`. */
export interface Proved {
  readonly action: string
  /** The lists of `policy.yaml` that allow it. */
  readonly policy: Readonly<Record<string, readonly string[]>>
  /** Stand-in services of the pretended host; in the lab these are real units that exist already. */
  readonly services?: readonly string[]
  /** Files that the stand-in services read when they are started and reloaded: what they read last is compared. */
  readonly reads?: readonly string[]
  /** Programs that run on the pretended host, by name; each twice, as a server and its worker would. */
  readonly programs?: readonly string[]
  /** The pretended host gets a file system of 400 MiB here that counts as a disk. */
  readonly disk?: string
  readonly settings: readonly [Setting, ...Setting[]]
  /** The pretended host gets a network of its own: lan0 (192.0.2.5), and a firewall table of somebody else. */
  readonly network?: true
  /** Why it can be proved in one world only; default: both. */
  readonly only?: 'namespace' | 'lab'
  /** What a real host of the lab is given, as programs that are run one after the other. */
  readonly lab?: readonly (readonly string[])[]
  /** Of the lab's services that no boot starts (`BY_HAND`), these run before it. */
  readonly runs?: readonly string[]
  /** The host of the lab has a folder of another host mounted, see `scripts/lab/share.ts`. */
  readonly share?: true
  /** What somebody may do meanwhile. */
  readonly people?: readonly Person[]
  /** It restarts the host: what else lets a host go down cannot be distinguished from it, and is not drawn. */
  readonly restarts?: true
  /** It changes files: every order of its writes is replayed, on disks on which these lie besides. */
  readonly orders?: readonly Thing[]
  /** What a reader of the page must know of these numbers: sentences. */
  readonly notes?: readonly string[]
}

/** Can a host of this world be set up so, and can the scenario happen to it? */
export function fits(setting: Setting, index: number, world: Schedule['world'], scenario: string): boolean {
  const isSetUp =
    world === 'lab' ? setting.only === 'lab' || (index === 0 && setting.only === undefined) : setting.only !== 'lab'
  if (!isSetUp || setting.without?.includes(scenario)) return false
  return setting.refused !== true || scenario === 'nothing'
}

/** Its things are all there is to it: it needs nothing that is run or mounted, and the agent does its work there. */
export function isOfFilesAlone({ only, prepare, atBoot, holds, refused }: Setting): boolean {
  return only !== 'lab' && [prepare, atBoot, holds, refused].every((one) => one === undefined)
}

/** Everything that somebody may do in a set-up of an action: first what may be done in each of them. */
export function peopleOf({ people = [], settings }: Proved, scene: number): readonly Person[] {
  return [...people, ...(settings[scene]?.people ?? [])]
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
