import { type AgentEvent, type Measured, type Plan, reduce, type SourcedFact, startRun } from '@chaos-lite/shared'

const RUN = '0'.repeat(26)
const HOST = `h-${'0'.repeat(24)}`
const DIGEST = `sha256:${'0'.repeat(64)}`

/** A check with one probe: the health checks are watched, nothing is started. */
function planOf(everyMs: number): Plan {
  const probe = { probeId: 'service', role: 'steady' as const, probe: 'tcp', hostIds: [HOST], params: {} }
  return {
    ...{
      planId: RUN,
      clientId: RUN,
      drill: 'outage',
      drillVersion: 1,
      drillDigest: DIGEST,
      title: 'Outage',
      why: 'How long?',
    },
    ...{ kind: 'check', mode: 'live', params: {}, groups: {}, hosts: [{ hostId: HOST, name: 'bench', labels: {} }] },
    ...{ probes: [{ ...probe, everyMs, expect: null }], steps: [], objectives: {}, abort: [] },
    ...{ release: 'at-hold', controls: [], worstCaseMs: 0, digest: DIGEST },
  }
}

interface Heard {
  readonly event: AgentEvent
  readonly monoMs: number
}

/** What the shared reducer makes of the facts of one probe: the outage that a report would state. */
export function statedOutage(bootId: string, everyMs: number, heard: readonly Heard[]): Measured | null {
  const chain = { v: 1 as const, epoch: '0'.repeat(32), prev: null }
  const wallMs = Date.now()
  const at = (monoMs: number) => ({ bootId, monoMs: Math.round(monoMs), wallMs })
  const planned = { type: 'run.planned' as const, runId: RUN, plan: planOf(everyMs), requestedBy: 'bench' }
  const facts: SourcedFact[] = [
    {
      source: 'controller',
      receivedMs: wallMs,
      fact: { ...chain, seq: 0, at: at(heard[0]?.monoMs ?? 0), event: planned },
    },
    ...heard.map(({ event, monoMs }, seq): SourcedFact => {
      return { source: 'agent', hostId: HOST, receivedMs: wallMs, fact: { ...chain, seq, at: at(monoMs), event } }
    }),
  ]
  return facts.reduce(reduce, startRun()).objectives.outage.measured
}

export const ofRun = { runId: RUN, probeId: 'service' } as const
