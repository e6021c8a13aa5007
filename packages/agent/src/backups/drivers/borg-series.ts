import { ChaosError } from '@chaos-lite/shared'
import { oneLine } from '../../text/index.ts'
import type { DriverContext, Snapshot } from './driver.ts'
import { ofThisHost, severalSeries } from './series.ts'

/** Looking into an archive takes a second or more, and a plan may take half a minute. */
const MOST_LOOKED_INTO = 8

/** One archive, as `borg list` shows it. */
export interface Archive {
  readonly archive: string
  readonly hostname: string
  readonly takenMs: number
}

/** The `--glob-archives` that stands for the definition's `series`; null: all names. */
export function globOf({ series }: DriverContext['repository']): string | null {
  if (series === undefined) return null
  return /[*?[]/.test(series) ? series : `${series}*`
}

/**
 * The archives of the series that is meant, out of all that fit the definition's `series`, newest first: those of `host`;
 * without `host` and `series` those of this host. Borg does not say what an archive holds: where their names show several
 * series, the newest of each is looked into. @throws ChaosError where several series are left
 */
export async function chosenArchives(
  { repository, inside }: Pick<DriverContext, 'repository' | 'inside'>,
  all: readonly Archive[],
  { atMost, holds }: { readonly atMost: number; holds(archive: string): Promise<boolean> },
): Promise<Snapshot[]> {
  const { host, series, location } = repository
  const fitting =
    host !== undefined
      ? all.filter((one) => one.hostname === host)
      : series !== undefined
        ? all
        : ofThisHost(location, all)
  if (host !== undefined && all.length > 0 && fitting.length === 0) {
    const hosts = [...new Set(all.map(({ hostname }) => hostname))].slice(0, 6).join(', ')
    throw new ChaosError(
      'backup-unusable',
      `No archive in ${location} is of host ${host}; it holds ${oneLine(hosts, 400)}`,
    )
  }
  const newest = [...fitting].sort((a, b) => b.takenMs - a.takenMs)
  const bySeries = Map.groupBy(newest, ({ archive }) => seriesOf(archive))
  const wanted =
    series !== undefined || bySeries.size <= 1 ? newest : await holding({ location, inside }, bySeries, atMost, holds)
  const hosts = [...new Set(wanted.map(({ hostname }) => hostname))]
  const of = [
    ...(hosts.length === 1 && hosts[0] !== '' ? [`host ${oneLine(hosts[0] ?? '', 255)}`] : []),
    ...(series === undefined ? [] : [`series ${oneLine(series, 255)}`]),
  ]
  return wanted.map(({ archive, takenMs }) => ({
    ...{ id: archive, takenMs, sizeBytes: null },
    of: of.length === 0 ? undefined : of.join(', '),
  }))
}

async function holding(
  { location, inside }: { readonly location: string; readonly inside: string },
  bySeries: ReadonlyMap<string, readonly Archive[]>,
  atMost: number,
  holds: (archive: string) => Promise<boolean>,
): Promise<readonly Archive[]> {
  const how = 'name one with `series`'
  if (inside === '.') throw severalSeries(location, bySeries.keys(), how)
  const found: Archive[] = []
  for (const archives of [...bySeries.values()].slice(0, MOST_LOOKED_INTO)) {
    if (!(await holds(archives[0]?.archive ?? ''))) continue
    found.push(...archives)
    // Series are looked at from the newest: no later one can have a newer archive.
    if (atMost === 1) break
  }
  if (found.length > 0) return found.sort((a, b) => b.takenMs - a.takenMs)
  if (bySeries.size > MOST_LOOKED_INTO) throw severalSeries(location, bySeries.keys(), how)
  const names = oneLine([...bySeries.keys()].slice(0, 6).join(', '), 400)
  const text = `No archive in ${location} holds /${inside}; it holds ${names}`
  throw new ChaosError('backup-unusable', `${text}; check \`inside\` in repositories.yaml`)
}

/** A name without what changes from one archive of a series to the next: dates, times, counters, and random digits. */
export function seriesOf(archive: string): string {
  return archive
    .replace(/[0-9a-f]{12,}|\d{9,}/gi, '*')
    .replace(
      /\d{4}[-_.]?\d\d[-_.]?\d\d(?:[T_ .-]?\d\d[:._h-]?\d\d(?:[:._-]?\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?/g,
      '*',
    )
    .replace(/(^|[-_. @])\d+$/, '$1*')
}
