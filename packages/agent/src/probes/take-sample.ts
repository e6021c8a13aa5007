import { type Expectation, type ProbeValue, sentenceOf } from '@chaos-lite/shared'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Host } from '../host/index.ts'
import { mayHang } from '../small-files/index.ts'
import { oneLine } from '../text/index.ts'
import type { Apart } from './apart.ts'
import { type Judgement, judge, judgeHanging } from './judge.ts'
import type { Probe, Sample, Sighting } from './probe.ts'

interface Look {
  readonly probe: Probe
  readonly params: unknown
  readonly expect: Readonly<Record<string, Expectation>>
  readonly host: Host
  readonly local: LocalDefinitions
  readonly mayRead: (place: string) => boolean
  /** Where probes look that read paths; default: in this process. */
  readonly apart?: Apart | undefined
  /** Ends the sample for good. */
  readonly signal: AbortSignal
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * One look, ended at the probe's time-out even when the probe does not heed its signal. Null when `signal` ended it: it
 * says nothing then. Never throws: a probe that fails is a sample that could not be evaluated.
 */
export async function takeSample({
  probe,
  params,
  expect,
  host,
  local,
  mayRead,
  apart,
  signal,
}: Look): Promise<Sample | null> {
  const timeoutMs = probe.timeoutMs(params)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  const either = AbortSignal.any([signal, late.signal])
  const beganMonoMs = host.clock.monoMs()
  const isApart = apart !== undefined && goesApart(probe, params)
  const context = { host, local, mayRead, signal: either }
  const look = (isApart ? apart(probe.name, params, either) : probe.look(context, params)).then(
    (sighting) => ({ sighting }),
    (thrown: unknown) => ({ thrown }),
  )
  const outcome = await Promise.race([look, aborted(either)])
  const endedMonoMs = host.clock.monoMs()
  clearTimeout(timer)
  if (signal.aborted) return null
  const sample = (judgement: Judgement, sighting?: Sighting): Sample => ({
    beganMonoMs,
    endedMonoMs,
    ...judgement,
    value: sighting?.evaluated === true ? printable(sighting.value) : {},
  })
  if (outcome !== null && 'sighting' in outcome) return sample(judge(outcome.sighting, expect), outcome.sighting)
  if (late.signal.aborted) return sample(judgeHanging(probe.hanging, timeoutMs))
  const why = outcome === null ? 'ended' : sentenceOf(outcome.thrown)
  return sample({ status: 'not evaluated', message: oneLine(why, 512) || 'The probe failed' })
}

function goesApart(probe: Probe, params: unknown): boolean {
  const reads = probe.reads?.(params) ?? 'nothing'
  return reads === 'always' || (reads === 'paths' && mayHang())
}

/** What was seen may hold any character; what is reported of it may not. */
function printable(value: ProbeValue): ProbeValue {
  const entries = Object.entries(value).map(([field, seen]) => {
    const shown =
      typeof seen !== 'string' || (seen.length <= 1024 && !UNPRINTABLE.test(seen)) ? seen : oneLine(seen, 1024)
    return [field, shown] as const
  })
  return Object.fromEntries(entries)
}

function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null)
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
}
