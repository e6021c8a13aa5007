import { dirname } from 'node:path'
import { ChaosError, nearestOf } from '@chaos-lite/shared'
import type { Host } from '../host/index.ts'
import type { Lacking } from './allow-command.ts'

/** An entry for a list of the policy that names nothing on this host. */
export interface UnknownName {
  readonly key: string
  readonly entry: string
  /** A sentence for a person: that it does not exist, and the nearest name that does. */
  readonly text: string
}

type Named = Pick<Host, 'services' | 'accounts' | 'network' | 'files' | 'names'>

/** How a name of this host is looked up. Whatever is thrown counts as: this host does not know. */
export interface NamedKind {
  /** What such a thing is called, such as `service`. */
  readonly word: string
  exists(host: Named, entry: string): Promise<boolean>
  /** Names among which the nearest one is looked for. */
  all(host: Named, entry: string): Promise<readonly string[]>
}

/** A list that an action brought and whose entries name something of this host. */
export interface NamedList {
  readonly key: string
  readonly named: NamedKind
  /** The action whose being allowed lets a controller learn its names; null: a controller learns none. */
  readonly disclosedBy: string | null
}

/** A file or folder at a path. */
export const namedPath: NamedKind = {
  word: 'file or folder',
  exists: (host, entry) => host.files.exists(entry),
  async all(host, entry) {
    const folder = dirname(entry)
    return (await host.files.list(folder)).map((name) => (folder === '/' ? `/${name}` : `${folder}/${name}`))
  },
}
const known = (kind: 'account' | 'group') => async (host: Named) => (await host.names?.(kind)) ?? []

/** The lists that the file always has and whose entries name something of this host itself. */
const KINDS: Readonly<Record<string, NamedKind>> = {
  accounts: {
    word: 'account',
    exists: ({ accounts }, entry) => isThere(accounts.account(entry)),
    all: known('account'),
  },
  groups: { word: 'group', exists: ({ accounts }, entry) => isThere(accounts.groupId(entry)), all: known('group') },
  folders: namedPath,
  files: namedPath,
  probePaths: namedPath,
}

/**
 * Entries that name nothing on this host; `brought`: the lists of actions, `only`: no others than these lists. Nothing is said
 * of an entry where this host does not know: a service manager that does not answer knows no names.
 */
export async function unknownNames(
  host: Named,
  entries: Lacking,
  brought: readonly NamedList[],
  only?: readonly string[],
): Promise<UnknownName[]> {
  const kinds = { ...KINDS, ...Object.fromEntries(brought.map(({ key, named }) => [key, named])) }
  const found: UnknownName[] = []
  for (const [key, value] of Object.entries(entries)) {
    const kind = kinds[key]
    if (kind === undefined || (only !== undefined && !only.includes(key))) continue
    // A pattern names what may come.
    for (const entry of [value].flat().filter((one) => !one.includes('*'))) {
      if (await kind.exists(host, entry).catch(() => true)) continue
      const nearest = nearestOf(entry, await kind.all(host, entry).catch(() => []))
      const hint = nearest === null ? '.' : `; did you mean "${nearest}"?`
      found.push({ key, entry, text: `There is no ${kind.word} "${entry}" on this host${hint}` })
    }
  }
  return found
}

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked
    return true
  } catch (thrown) {
    if (thrown instanceof ChaosError && thrown.code === 'not-there') return false
    throw thrown
  }
}
