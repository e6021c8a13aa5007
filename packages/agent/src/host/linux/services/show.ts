import type { UnitState } from '../../host.ts'
import { timeSpanMs } from './time-span.ts'

/** Through these systemd propagates a stop to other units (`UNIT_ATOM_PROPAGATE_STOP` in its source). */
export const stopProperties = ['RequiredBy', 'RequisiteOf', 'BoundBy', 'ConsistsOf', 'PropagatesStopTo'] as const

/** What we ask `systemctl show` for. A version that lacks one leaves it out. */
export const properties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'MainPID',
  'ActiveEnterTimestampMonotonic',
  'InvocationID',
  'TimeoutStopUSec',
  'TimeoutStartUSec',
  'TriggeredBy',
  'RefuseManualStop',
  'RefuseManualStart',
  'CanReload',
  'Type',
  'UpheldBy',
  'OnSuccess',
  'OnFailure',
  'Conflicts',
  'ConflictedBy',
  ...stopProperties,
] as const

/** Properties of a unit as `systemctl show` prints them. One that this systemd does not know is absent. */
export type Shown = Readonly<Partial<Record<(typeof properties)[number], string>>>

/** The blocks of `systemctl show A B C`, in the order asked. */
export function parseShow(stdout: string): readonly Shown[] {
  return stdout
    .split(/\n\n+/)
    .filter((block) => block.trim() !== '')
    .map((block) => Object.fromEntries(block.split('\n').map((row) => splitAt(row, row.indexOf('=')))))
}

/** Units that stop with this one, running or not. */
export function stopsWith(shown: Shown): readonly string[] {
  return [...new Set(stopProperties.flatMap((property) => words(shown[property])))]
}

/** Is the unit up, or on its way up? One that is being stopped is not. */
export function isRunning(shown: Shown): boolean {
  return ['active', 'reloading', 'activating', 'refreshing'].includes(shown.ActiveState ?? '')
}

/** A unit from its properties. Absent ones count as empty: older versions of systemd do not print them all. */
export function unitState(shown: Shown, dependents: readonly string[]): UnitState {
  return {
    name: shown.Id ?? '',
    loadState: shown.LoadState ?? '',
    activeState: shown.ActiveState ?? '',
    subState: shown.SubState ?? '',
    enabledState: shown.UnitFileState ?? '',
    mainPid: Number(shown.MainPID ?? 0),
    activeSinceMonoUs: shown.ActiveEnterTimestampMonotonic ?? '0',
    startId: shown.InvocationID ?? '',
    stopTimeoutMs: timeSpanMs(shown.TimeoutStopUSec ?? '90s'),
    startTimeoutMs: timeSpanMs(shown.TimeoutStartUSec ?? '90s'),
    triggeredBy: words(shown.TriggeredBy),
    dependents,
    upheldBy: words(shown.UpheldBy),
    startsOnStop: words(shown.OnSuccess),
    startsOnFailure: words(shown.OnFailure),
    conflicts: [...words(shown.Conflicts), ...words(shown.ConflictedBy)].filter((unit) => unit !== 'shutdown.target'),
    type: shown.Type ?? '',
    refusesManual: shown.RefuseManualStop === 'yes' || shown.RefuseManualStart === 'yes',
    canReload: shown.CanReload === 'yes',
  }
}

/** The names in a property that holds a list of units. */
export function words(field: string | undefined): readonly string[] {
  return (field ?? '').split(' ').filter((word) => word !== '')
}

function splitAt(row: string, index: number): [string, string] {
  return index < 0 ? [row, ''] : [row.slice(0, index), row.slice(index + 1)]
}
