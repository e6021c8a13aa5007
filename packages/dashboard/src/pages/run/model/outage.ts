import { formatDuration, midOf, type Run } from '@chaos-lite/shared'
import { elapsedText } from '../../../time/index.ts'
import { downMsOf, type StripPiece, stripOf } from './strips.ts'

/** How long the health checks have failed since the first failure. */
export interface OutageSoFar {
  readonly ms: number
  /** Still going on. */
  readonly open: boolean
  /** What the drill allows; null where it names no target. */
  readonly withinMs: number | null
}

function firstInjectedMs(run: Run): number | null {
  const moments = run.steps.flatMap((step) => step.hosts.flatMap((row) => row.injected ?? []))
  return moments.length === 0 ? null : Math.min(...moments.map(midOf))
}

function since(fromMs: number, pieces: readonly StripPiece[]): StripPiece[] {
  return pieces
    .filter((one) => one.toMs > fromMs)
    .map((one) => ({ ...one, fromMs: one.status === 'changing' ? one.fromMs : Math.max(one.fromMs, fromMs) }))
}

/** The longest outage of any health check; null before a failure is in place, or where there is none. */
export function outageSoFar(run: Run, nowMs: number): OutageSoFar | null {
  const fromMs = firstInjectedMs(run)
  const steady = run.probes.filter((probe) => probe.role === 'steady')
  if (fromMs === null || steady.length === 0) return null
  const withinMs = run.plan?.objectives.outage?.withinMs ?? null
  const outages = steady.map((probe) => {
    const strip = stripOf(run, probe, nowMs)
    const last = strip.pieces.at(-1)
    return { ms: downMsOf({ pieces: since(fromMs, strip.pieces) }), open: last?.status === 'down' && last.open }
  })
  return { ms: Math.max(...outages.map((one) => one.ms)), open: outages.some((one) => one.open), withinMs }
}

/** The outage in words, with what is allowed; null while there can be none. */
export function outageWords(run: Run, nowMs: number): string | null {
  const outage = outageSoFar(run, nowMs)
  if (outage === null) return null
  const allowed = outage.withinMs === null ? '' : ` of ${formatDuration(outage.withinMs)} allowed`
  if (outage.ms === 0)
    return `No outage so far${outage.withinMs === null ? '' : `, ${formatDuration(outage.withinMs)} allowed`}`
  return outage.open
    ? `Outage so far ${elapsedText(outage.ms)}${allowed}`
    : `Outage ${elapsedText(outage.ms)}${allowed}, over`
}
