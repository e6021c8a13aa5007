import { describe, expect, test } from 'vitest'
import type { Measured } from '../../src/timing/measured.ts'
import { RECORD } from './stories.ts'
import {
  anAlertStep,
  anInjectStep,
  aPlan,
  aSteadyProbe,
  type Line,
  monoAt,
  reports,
  runOf,
  SRV,
  says,
  WS,
} from './support.ts'

/** Numerical Recipes' ranqd1: plain, seeded, the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Truth {
  readonly injectedMs: number
  readonly lostMs: number
  readonly switchedMs: number
  readonly alertMs: number
  readonly revertMs: number
  readonly lostAgainMs: number
  readonly backMs: number
}

/** What happens, in true milliseconds after T0; the lengths between are drawn. */
function aTruth(random: () => number): Truth {
  const injectedMs = 10_000 + random() * 1000
  const lostMs = injectedMs + random() * 500
  const switchedMs = lostMs + 1500 + random() * 30_000
  const alertMs = lostMs + random() * 20_000
  const revertMs = switchedMs + 8000 + random() * 5000
  const lostAgainMs = revertMs + random() * 300
  const backMs = lostAgainMs + 1500 + random() * 10_000
  return { injectedMs, lostMs, switchedMs, alertMs, revertMs, lostAgainMs, backMs }
}

/** The changes that a probe on WS reports which samples every `everyMs` from some phase on, each sample taking a while. */
function sampled(truth: Truth, everyMs: number, random: () => number): Line[] {
  const { lostMs, switchedMs, lostAgainMs, backMs } = truth
  const isUp = (ms: number) => ms < lostMs || (ms >= switchedMs && ms < lostAgainMs) || ms >= backMs
  const lines: Line[] = []
  let last: { up: boolean; begunMs: number } | null = null
  for (let begunMs = random() * everyMs; begunMs < backMs + 3 * everyMs; begunMs += everyMs) {
    const tookMs = random() * everyMs * 0.3
    // The service decides at some instant while the sample is under way.
    const up = isUp(begunMs + random() * tookMs)
    if (last === null || last.up !== up) {
      const lastOtherMonoMs = last === null ? null : Math.floor(monoAt(WS, last.begunMs))
      const firstSeenMonoMs = Math.ceil(monoAt(WS, begunMs + tookMs))
      const status = up ? 'up' : 'down'
      const event = {
        type: 'probe.changed',
        probeId: 'erp-answers',
        status,
        value: {},
        message: null,
        lastOtherMonoMs,
        firstSeenMonoMs,
      } as const
      lines.push(reports(Math.ceil(begunMs + tookMs), WS, event))
    }
    last = { up, begunMs }
  }
  return lines
}

/** A clock measurement that is wrong by some part of the bound it states. */
function measured(host: string, boundMs: number, random: () => number): Line {
  const offsetMs = monoOffset(host) + (random() * 2 - 1) * boundMs
  return says(20, { type: 'clock.measured', hostId: host, bootId: 'boot-1', offsetMs, boundMs })
}

function monoOffset(host: string): number {
  return Date.UTC(2026, 0, 2, 14) - monoAt(host, 0)
}

function story(truth: Truth, everyMs: number, boundMs: number, random: () => number): Line[] {
  const plan = aPlan({ probes: [aSteadyProbe({ everyMs })], steps: [anInjectStep(), anAlertStep()] })
  const record = { stepId: 'stop-nginx', recordId: RECORD, action: 'service.stop' }
  const beganMonoMs = Math.floor(monoAt(SRV, truth.injectedMs - random() * 50))
  const endedMonoMs = Math.ceil(monoAt(SRV, truth.injectedMs + random() * 50))
  const monoMs = Math.round(monoAt(SRV, truth.revertMs))
  const ended = { restoration: 'identical' as const, compared: [], kept: [], byHand: null, monoMs: monoMs + 100 }
  const lines = [
    says(0, { type: 'run.planned', plan, requestedBy: 'anna' }),
    measured(SRV, boundMs, random),
    measured(WS, boundMs, random),
    reports(11_500, SRV, { ...record, type: 'inject.injected', beganMonoMs, endedMonoMs }),
    says(Math.round(truth.alertMs), { type: 'alert.received', stepId: 'alert', via: 'webhook', by: 'zabbix' }),
    reports(Math.ceil(truth.revertMs) + 50, SRV, { ...record, type: 'revert.begun', cause: 'hold ended', monoMs }),
    reports(Math.ceil(truth.revertMs) + 200, SRV, { ...record, ...ended, type: 'revert.ended' }),
    ...sampled(truth, everyMs, random),
  ]
  return lines.sort((a, b) => a.ms - b.ms)
}

type Figure = 'outage' | 'switch' | 'detect' | 'recover'

const TRUE: Readonly<Record<Figure, (truth: Truth) => number>> = {
  outage: (truth) => truth.switchedMs - truth.lostMs + truth.backMs - truth.lostAgainMs,
  switch: (truth) => truth.switchedMs - truth.lostMs,
  detect: (truth) => truth.alertMs - truth.injectedMs,
  recover: (truth) => truth.backMs - truth.revertMs,
}

function isWithin(truth: number, low: number, high: number): boolean {
  return low <= truth && truth <= high
}

/** How many of the runs have the true value inside the certain bounds, and inside value ± U. */
function coverage(
  figure: Figure,
  everyMs: number,
  boundMs: number,
  runs: number,
): { bounded: number; withinU: number } {
  const random = randomOf(everyMs * 31 + boundMs * 7 + figure.length)
  const count = { bounded: 0, withinU: 0 }
  for (let run = 0; run < runs; run += 1) {
    const truth = aTruth(random)
    const value: Measured | null = runOf(story(truth, everyMs, boundMs, random)).objectives[figure].measured
    if (value === null) continue
    const true_ = TRUE[figure](truth)
    if (isWithin(true_, value.lowMs, value.highMs)) count.bounded += 1
    if (isWithin(true_, value.valueMs - value.uMs, value.valueMs + value.uMs)) count.withinU += 1
  }
  return count
}

const RUNS = 200
const rows: [Figure, number, number][] = (['outage', 'switch', 'detect', 'recover'] as const).flatMap((figure) => [
  [figure, 1000, 2] as [Figure, number, number],
  [figure, 250, 40] as [Figure, number, number],
  [figure, 100, 500] as [Figure, number, number],
])

describe('the truth of timings, on outages whose length is known', () => {
  test.each(rows)(
    '%s, sampled every %d ms, clocks known to ± %d ms: the true value is always within the bounds, and in 95 of 100 within U',
    (figure, everyMs, boundMs) => {
      const { bounded, withinU } = coverage(figure, everyMs, boundMs, RUNS)
      expect(bounded).toBe(RUNS)
      expect(withinU).toBeGreaterThanOrEqual(0.95 * RUNS)
    },
  )

  test('an outage needs no clock but that of the host that saw it', () => {
    const truth = aTruth(randomOf(1))
    const rough = runOf(story(truth, 250, 5000, randomOf(2))).objectives
    const exact = runOf(story(truth, 250, 0, randomOf(2))).objectives
    expect(rough.outage.measured).toStrictEqual(exact.outage.measured)
    expect(rough.switch.measured).toStrictEqual(exact.switch.measured)
    expect(rough.recover.measured?.uMs).toBeGreaterThan(exact.recover.measured?.uMs ?? Number.POSITIVE_INFINITY)
  })
})
