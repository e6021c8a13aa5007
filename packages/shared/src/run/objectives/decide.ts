import type { ObjectiveName } from '../../drill/index.ts'
import { formatDuration, formatMeasured } from '../../timing/index.ts'
import type { ObjectiveResult, Run } from '../run.ts'
import type { Finding } from './finding.ts'

/**
 * The decision rule, stated as a calibration laboratory must (ISO/IEC 17025, 7.8.6): met only when value + U is within
 * the target. What is too close to call is not called met. Null: not measured to its end.
 */
function isMet({ measured, atLeast }: Finding, withinMs: number): boolean | null {
  if (measured === null) return null
  if (atLeast) return measured.lowMs > withinMs ? false : null
  return measured.valueMs + measured.uMs <= withinMs
}

function tooClose({ measured, atLeast }: Finding, withinMs: number): string {
  if (measured === null || atLeast || measured.valueMs + measured.uMs <= withinMs) return ''
  if (measured.valueMs - measured.uMs > withinMs) return ''
  return ` Too close to ${formatDuration(withinMs)} to call it met (${formatMeasured(measured)}); sample more often.`
}

/** A finding against its target, where the drill has one. */
export function decide(run: Run, name: ObjectiveName, finding: Finding): ObjectiveResult {
  const withinMs = run.plan?.objectives[name]?.withinMs ?? null
  const { measured, atLeast, how } = finding
  if (withinMs === null) return { measured, atLeast, withinMs, met: null, how }
  return { measured, atLeast, withinMs, met: isMet(finding, withinMs), how: how + tooClose(finding, withinMs) }
}
