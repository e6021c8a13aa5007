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

interface Kind {
  readonly word: string
  exists(host: Named, entry: string): Promise<boolean>
  all(host: Named, entry: string): Promise<readonly string[]>
}

const path: Kind = {
  word: 'file or folder',
  exists: (host, entry) => host.files.exists(entry),
  async all(host, entry) {
    const folder = dirname(entry)
    return (await host.files.list(folder)).map((name) => (folder === '/' ? `/${name}` : `${folder}/${name}`))
  },
}
const known = (kind: 'service' | 'account' | 'group') => async (host: Named) => (await host.names?.(kind)) ?? []

/** The lists whose entries name something of this host itself. */
const KINDS: Readonly<Record<string, Kind>> = {
  services: {
    word: 'service',
    exists: async ({ services }, entry) => (await services.state(entry)).loadState !== 'not-found',
    async all(host, entry) {
      const names = await known('service')(host)
      return entry.includes('.') ? names : names.map((name) => name.replace(/\.service$/, ''))
    },
  },
  accounts: {
    word: 'account',
    exists: ({ accounts }, entry) => isThere(accounts.account(entry)),
    all: known('account'),
  },
  groups: { word: 'group', exists: ({ accounts }, entry) => isThere(accounts.groupId(entry)), all: known('group') },
  interfaces: {
    word: 'network interface',
    exists: async (host, entry) => (await interfaces(host)).includes(entry),
    all: interfaces,
  },
  shares: { ...path, word: 'mount point' },
  folders: path,
  files: path,
  probePaths: path,
}

/** Nothing is said of an entry where this host cannot tell: a service manager that does not answer knows no names. */
export async function unknownNames(host: Named, entries: Lacking, only?: readonly string[]): Promise<UnknownName[]> {
  const found: UnknownName[] = []
  for (const [key, value] of Object.entries(entries)) {
    const kind = KINDS[key]
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

async function interfaces({ network }: Named): Promise<readonly string[]> {
  return (await network.list()).map(({ name }) => name)
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
