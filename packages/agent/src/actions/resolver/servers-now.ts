import type { NameServersNow } from '../../host/index.ts'
import type { SettingsUndo } from './resolver-undo.ts'

/** The same servers in the same order: the first one is asked first. */
export function sameServers(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at])
}

/** A connection whose servers are asked for this name, whatever is set for the whole host: its domain is as close or closer. */
export function isTakenElsewhere(
  { connections }: NameServersNow,
  name: string,
): { readonly connection: string; readonly domain: string } | null {
  const asked = name.toLowerCase().replace(/\.$/, '')
  for (const { name: connection, servers, domains } of connections) {
    const domain = domains.find((each) => covers(each.toLowerCase().replace(/^~/, ''), asked))
    if (domain !== undefined && servers.length > 0) return { connection, domain }
  }
  return null
}

/** What is kept in the record of it. */
export function boundedNow({ forAll, connections }: NameServersNow): SettingsUndo['before'] {
  return {
    forAll: [...forAll].slice(0, 64),
    connections: connections.slice(0, 64).map(({ name, servers, domains }) => ({
      ...{ name: name.slice(0, 64), servers: servers.slice(0, 64) },
      domains: domains.slice(0, 64).map((each) => each.slice(0, 256)),
    })),
  }
}

/** One line for people, and for comparing: whole and in order. */
export function textOfNow({ forAll, connections }: NameServersNow): string {
  const own = connections
    .filter(({ servers, domains }) => servers.length + domains.length > 0)
    .map(({ name, servers, domains }) => {
      const below = domains.length === 0 ? '' : ` for ${domains.join(' ')}`
      return `${servers.join(' ') || 'none'} of ${name}${below}`
    })
  return [...(forAll.length === 0 ? [] : [`${forAll.join(' ')} for all`]), ...own].join(', ') || 'none'
}

/** The domains that short names are completed with, as resolv.conf(5) has them. */
export function searchesOf(resolvConf: Uint8Array): readonly string[] {
  const rows = Buffer.from(resolvConf).toString('latin1').split('\n')
  const last = rows.findLast((row) => /^search[ \t]/.test(row)) ?? ''
  return last
    .split(/[ \t]+/)
    .slice(1)
    .filter((each) => /^[\w.-]+$/.test(each))
    .slice(0, 32)
}

function covers(domain: string, name: string): boolean {
  return domain === '.' || domain === '' || name === domain || name.endsWith(`.${domain}`)
}
