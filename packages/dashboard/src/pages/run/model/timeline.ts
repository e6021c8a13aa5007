import type { Labels, Restoration, Run } from '@chaos-lite/shared'
import { calmed } from './also-watched.ts'
import { type FailureLane, failuresOf } from './failures.ts'
import { type ProbeStrip, stripOf } from './strips.ts'

/** One host in the timeline. `online` null: nothing was reported about its connection. */
export interface HostLane {
  readonly hostId: string
  readonly name: string
  readonly labels: Labels
  readonly online: boolean | null
  readonly restoration: Restoration
  readonly failures: readonly FailureLane[]
  readonly strips: readonly ProbeStrip[]
}

/** A run as a picture: a lane per host between two instants. */
export interface Timeline {
  readonly fromMs: number
  readonly toMs: number
  readonly hosts: readonly HostLane[]
}

/** A young run is not stretched over the whole width. */
const LEAST_MS = 20_000
/** So much room is kept right of the present, as a part of the whole. */
const AHEAD = 0.04

function beginOf(run: Run, nowMs: number): number {
  const preflight = run.phases.find(({ phase }) => phase === 'preflight')
  return preflight?.ms ?? run.plannedMs ?? nowMs
}

/** From when to when the picture reaches; `lastMs` cuts it to the newest part. */
export function windowOf(run: Run, nowMs: number, lastMs: number | null): { fromMs: number; toMs: number } {
  const begin = beginOf(run, nowMs)
  const end = run.endedMs ?? nowMs
  const fromMs = lastMs === null ? begin : Math.max(begin, end - lastMs)
  const leastMs = run.endedMs === null ? LEAST_MS : 1000
  return { fromMs, toMs: fromMs + Math.max(leastMs, end - fromMs) * (1 + AHEAD) }
}

const ROLES = ['steady', 'effect', 'watch'] as const

/** The picture of a run at `nowMs`. Hosts on which something is done come first. */
export function timelineOf(run: Run, nowMs: number, lastMs: number | null = null): Timeline {
  const hosts = run.hosts.map((host): HostLane => {
    const { hostId, name, online, restoration } = host
    const labels = run.plan?.hosts.find((one) => one.hostId === hostId)?.labels ?? {}
    const strips = run.probes
      .filter((probe) => probe.hostId === hostId)
      .sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role))
      .map((probe) => calmed(run, stripOf(run, probe, nowMs)))
    return { hostId, name, labels, online, restoration, failures: failuresOf(run, hostId, nowMs), strips }
  })
  const touched = (host: HostLane) => (host.failures.length > 0 ? 0 : 1)
  return { ...windowOf(run, nowMs, lastMs), hosts: hosts.sort((a, b) => touched(a) - touched(b)) }
}

/** Where an instant lies in the picture, in percent, kept inside it. */
export function placeOf({ fromMs, toMs }: Pick<Timeline, 'fromMs' | 'toMs'>, ms: number): number {
  return Math.min(100, Math.max(0, ((ms - fromMs) / (toMs - fromMs)) * 100))
}
