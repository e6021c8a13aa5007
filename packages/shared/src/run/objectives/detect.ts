import { elapsed, notNegative } from '../../timing/index.ts'
import { controllerMoment } from '../clock.ts'
import type { Run } from '../run.ts'
import { type Finding, found, notMeasured } from './finding.ts'
import type { Landmarks } from './landmarks.ts'

const VIA = { webhook: 'from the monitoring system', person: 'acknowledged by a person' } as const

/** Failure started → first alert or acknowledgement. */
export function detect(run: Run, { injected }: Landmarks): Finding {
  if (injected === null) return notMeasured('no failure was started.')
  const received = run.alerts
    .flatMap((alert) => alert.received ?? [])
    .filter((alert) => alert.ms >= injected.lowMs)
    .sort((a, b) => a.ms - b.ms)
  const first = received[0]
  if (first === undefined) return notMeasured('no alert came.')
  // A sender that gave no name is called by what it is.
  const sender = VIA[first.via].endsWith(first.by) ? '' : ` (${first.by})`
  const measured = notNegative(elapsed(injected, controllerMoment(first.ms)))
  return found(measured, `From the start of the first failure to the first alert, ${VIA[first.via]}${sender}.`)
}
