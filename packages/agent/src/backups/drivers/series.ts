import { hostname } from 'node:os'
import { ChaosError } from '@chaos-lite/shared'
import { oneLine } from '../../text/index.ts'

/** So many names stand in a sentence. */
const MOST_NAMED = 6

/**
 * The backups of this host among those of a shared repository: by its name, else by its short name. Where none are its
 * own, those of the only host there is. @throws ChaosError where several hosts come into question
 */
export function ofThisHost<T extends { readonly hostname: string }>(
  location: string,
  all: readonly T[],
  own = hostname(),
): readonly T[] {
  const short = (name: string) => name.split('.', 1)[0]
  const exact = all.filter((one) => one.hostname.toLowerCase() === own.toLowerCase())
  if (exact.length > 0) return exact
  const alike = all.filter((one) => short(one.hostname.toLowerCase()) === short(own.toLowerCase()))
  const left = alike.length > 0 ? alike : all
  const hosts = new Set(left.map((one) => one.hostname))
  if (hosts.size <= 1) return left
  throw severalSeries(location, hosts, `none of them is ${own}; name one with \`host\``)
}

/** Nobody can know which one is meant, and the newest of all may be somebody else's. */
export function severalSeries(location: string, names: Iterable<string>, what: string): ChaosError {
  const all = [...new Set(names)].sort()
  const more = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : ''
  const named = oneLine(all.slice(0, MOST_NAMED).join(', '), 400)
  const text = `The repository ${location} holds several series, and repositories.yaml names none: ${named}${more}`
  return new ChaosError('backup-unusable', `${text}; ${what} in repositories.yaml`)
}
