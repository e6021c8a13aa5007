import type { UnitState } from '../../host.ts'
import { timeSpanMs } from './time-span.ts'

/** What we ask `systemctl show` for. The last four are the units that stop when this one is stopped (`man 5 systemd.unit`). */
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
  'RequiredBy',
  'RequisiteOf',
  'BoundBy',
  'ConsistsOf',
] as const

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
  const fields = [shown.RequiredBy, shown.RequisiteOf, shown.BoundBy, shown.ConsistsOf]
  return [...new Set(fields.flatMap(words))]
}

export function isRunning(shown: Shown): boolean {
  return ['active', 'reloading', 'activating', 'refreshing'].includes(shown.ActiveState ?? '')
}

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
    restarts: false,
    refusesManual: shown.RefuseManualStop === 'yes' || shown.RefuseManualStart === 'yes',
  }
}

function words(field: string | undefined): readonly string[] {
  return (field ?? '').split(' ').filter((word) => word !== '')
}

function splitAt(row: string, index: number): [string, string] {
  return index < 0 ? [row, ''] : [row.slice(0, index), row.slice(index + 1)]
}
