import type { UnitFate } from '../../host.ts'
import { must } from '../must.ts'
import { run } from '../run.ts'
import { parseShow, words } from './show.ts'

const queryTimeoutMs = 10_000
/** Larger hosts are compared by the first so many names. */
const maxUnits = 2000
/** Scopes, slices and devices come and go with sessions, units and hardware. */
const kinds = 'service,socket,timer,path,mount,automount,swap,target'
/**
 * What comes and goes by itself, each by the whole form of its name, because people give their own units names that begin
 * like these: log-in sessions, what `systemd-run` makes, mounts below `/run`, the agent's own, and the connections of a
 * socket with `Accept=yes` (number, sometimes a cookie, then both ends or the peer: `instance_from_socket` of systemd).
 */
const passing = new RegExp(
  [
    /^(?:user|user-runtime-dir)@\d+\.service$/,
    /^run-(?:r[0-9a-f]+|u\d+|p\d+-i\d+|\d+)\./,
    /^run-.*\.(?:mount|automount)$/,
    /^chaos-lite/,
    /@\d+-(?:\d+-)?(?:[^@]*:\d+-[^@]*:\d+|\d+-\d+|unknown)\.service$/,
  ]
    .map(({ source }) => source)
    .join('|'),
)
/** The message with which systemd ends a stop job (`SD_MESSAGE_UNIT_STOPPED`). */
const stopJobEnded = '9d1aaa27d60140bd96365438aad20286'

/** The names of the units that are active now, in one short call. */
export async function activeUnits(): Promise<readonly string[]> {
  const list = [
    'systemctl',
    'list-units',
    '--no-legend',
    '--plain',
    '--full',
    '--state=active',
    `--type=${kinds}`,
  ] as const
  const { stdout } = await must([...list], { timeoutMs: queryTimeoutMs })
  return namesIn(stdout)
}

/** The first column of `list-units`, without what comes and goes by itself. */
export function namesIn(stdout: string): readonly string[] {
  const names = stdout.split('\n').map((row) => row.trim().split(/\s+/)[0] ?? '')
  return names
    .filter((name) => name !== '' && name.length <= 256 && !passing.test(name))
    .sort()
    .slice(0, maxUnits)
}

const properties = [
  ...['Id', 'LoadState', 'ActiveState', 'UnitFileState', 'Transient', 'TriggeredBy', 'StopWhenUnneeded'],
  ...['Type', 'RemainAfterExit', 'BusName'],
]

/** Asks systemd, and for units that stopped without a failure also the journal, what became of units that were active. */
export async function fatesOf(units: readonly string[], sinceWallMs: number): Promise<readonly UnitFate[]> {
  if (units.length === 0) return []
  const argv = ['systemctl', 'show', `--property=${properties.join(',')}`, '--', ...units] as const
  const { stdout } = await must([...argv], { timeoutMs: queryTimeoutMs })
  const fates: UnitFate[] = []
  for (const [index, shown] of parseShow(stdout).entries()) {
    const name = shown.Id ?? units[index] ?? ''
    const became = fateOf(shown) ?? ((await hadStopJob(name, sinceWallMs)) ? 'stopped' : 'failed')
    fates.push({ name, became })
  }
  return fates
}

/** Judged by what the unit is; null where only the journal knows whether a stop job ended it. */
export function fateOf(shown: Readonly<Record<string, string | undefined>>): UnitFate['became'] | null {
  const state = shown.ActiveState ?? ''
  if (['active', 'reloading', 'refreshing'].includes(state)) return 'active'
  if (state === 'activating') return 'starting'
  const isTransient = shown.Transient === 'yes' || shown.UnitFileState === 'transient'
  // Whatever would start it again: as it is now it does not run, and did not end as it should.
  if (state === 'failed' && shown.LoadState === 'loaded' && !isTransient) return 'failed'
  if (shown.LoadState === 'not-found' || shown.LoadState === 'masked') return 'removed'
  if (isTransient) return 'ended'
  const isOnDemand =
    words(shown.TriggeredBy).length > 0 || ((shown.BusName ?? '') !== '' && shown.UnitFileState === 'static')
  const endsByItself = shown.Type === 'oneshot' && shown.RemainAfterExit !== 'yes'
  if (isOnDemand || endsByItself) return 'ended'
  if (state === 'inactive' && shown.StopWhenUnneeded === 'yes') return 'ended'
  return state === 'failed' ? 'failed' : null
}

async function hadStopJob(unit: string, sinceWallMs: number): Promise<boolean> {
  const since = `--since=@${Math.floor(sinceWallMs / 1000)}`
  const how = ['--lines=1', '--output=cat', '--no-pager', '--quiet']
  const argv = ['journalctl', `--unit=${unit}`, since, ...how, `MESSAGE_ID=${stopJobEnded}`] as const
  const found = await run([...argv], { timeoutMs: queryTimeoutMs }).catch(() => null)
  return found?.code === 0 && found.stdout.trim() !== ''
}
