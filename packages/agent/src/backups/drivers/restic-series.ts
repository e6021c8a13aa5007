import { posix } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import { oneLine } from '../../text/index.ts'
import type { DriverContext, Snapshot } from './driver.ts'
import { ofThisHost, severalSeries } from './series.ts'

/** `restic snapshots --json`, the fields we need; `summary` since restic 0.17. */
export const ResticSnapshots = z.array(
  z.looseObject({
    id: z.string().regex(/^[0-9a-f]{64}$/),
    time: z.string(),
    hostname: z.string().default(''),
    paths: z.array(z.string()).default([]),
    tags: z.array(z.string()).nullish(),
    summary: z.looseObject({ total_bytes_processed: z.number() }).optional(),
  }),
)
type One = z.infer<typeof ResticSnapshots>[number]

/**
 * The snapshots of the series that is meant, newest first: those that fit `host`, `paths` and `tags`; without any of these
 * keys those of this host. Of them those that hold the wanted folder. @throws ChaosError where several series are left
 */
export function chosenSnapshots(
  { repository, inside }: Pick<DriverContext, 'repository' | 'inside'>,
  shown: string,
  all: readonly One[],
): Snapshot[] {
  const { host, paths, tags } = repository
  const named = host !== undefined || paths !== undefined || tags !== undefined
  const fitting = named ? all.filter((one) => fits(one, repository)) : ofThisHost(shown, all)
  if (all.length > 0 && fitting.length === 0) {
    const text = `No snapshot in ${shown} has the \`host\`, \`paths\` and \`tags\` that repositories.yaml names`
    throw new ChaosError('backup-unusable', `${text}; it holds ${seriesOf(all)}`)
  }
  const holding = holders(fitting, wantedPaths(repository, inside))
  if (fitting.length > 0 && holding.length === 0) {
    const text = `No snapshot in ${shown} holds /${inside}`
    throw new ChaosError(
      'backup-unusable',
      `${text}; it holds ${seriesOf(fitting)}; check \`inside\` in repositories.yaml`,
    )
  }
  const series = new Set(holding.map(nameOf))
  const isNamed = paths !== undefined || tags !== undefined
  if (!isNamed && inside === '.' && series.size > 1) {
    throw severalSeries(shown, series, 'name one with `compareWith`, `paths` or `tags`')
  }
  const hosts = [...new Set(holding.map(({ hostname }) => hostname))]
  const of = hosts.length === 1 && hosts[0] !== '' ? `host ${oneLine(hosts[0] ?? '', 255)}` : undefined
  return holding
    .map(({ id, time, summary }) => {
      const sizeBytes = summary?.total_bytes_processed ?? null
      return { id, takenMs: Date.parse(time), sizeBytes, of }
    })
    .filter(({ takenMs }) => Number.isFinite(takenMs))
    .sort((a, b) => b.takenMs - a.takenMs)
}

function fits(one: One, { host, paths, tags }: DriverContext['repository']): boolean {
  if (host !== undefined && one.hostname !== host) return false
  if (paths?.some((path) => !one.paths.includes(posix.normalize(path).replace(/(.)\/+$/, '$1')))) return false
  return tags?.every((tag) => one.tags?.includes(tag)) ?? true
}

/** Where the folder lies in the backup, and where it lies on the host: a snapshot says only the latter. */
function wantedPaths({ compareWith, paths }: DriverContext['repository'], inside: string): string[] {
  // Whoever names the paths has said which snapshots hold it.
  if (inside === '.' || paths !== undefined) return []
  return [`/${inside}`, ...(compareWith === undefined ? [] : [posix.normalize(compareWith)])]
}

/** Those that hold all of it; where there are none, those that hold parts of it. */
function holders(all: readonly One[], wanted: readonly string[]): readonly One[] {
  if (wanted.length === 0) return all
  const whole = all.filter(({ paths }) => paths.some((path) => wanted.some((each) => isAtOrBelow(each, path))))
  if (whole.length > 0) return whole
  return all.filter(({ paths }) => paths.some((path) => wanted.some((each) => isAtOrBelow(path, each))))
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

function nameOf({ hostname, paths }: One): string {
  return `${hostname} (${[...paths].sort().join(', ')})`
}

function seriesOf(all: readonly One[]): string {
  return oneLine([...new Set(all.map(nameOf))].slice(0, 6).join('; '), 400)
}
