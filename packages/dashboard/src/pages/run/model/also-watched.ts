import { formatDuration, hostName, type Run } from '@chaos-lite/shared'
import { downMsOf, type ProbeStrip, stripOf } from './strips.ts'

export interface AlsoWatched {
  readonly key: string
  readonly name: string
  readonly host: string
  readonly state: 'broken' | 'was broken' | 'fine' | 'not known'
  readonly sentence: string
}

function stateOf(strip: ProbeStrip): AlsoWatched['state'] {
  if (strip.status === 'down') return 'broken'
  if (strip.pieces.some((one) => one.status === 'down')) return 'was broken'
  return strip.pieces.some((one) => one.status === 'up') ? 'fine' : 'not known'
}

function sentenceOf(strip: ProbeStrip, state: AlsoWatched['state'], live: boolean): string {
  const down = formatDuration(downMsOf(strip))
  switch (state) {
    case 'broken':
      return live ? `Does not work, for ${down} so far` : `Did not work when last seen; ${down} in all`
    case 'was broken':
      return `Did not work for ${down}; works again`
    case 'fine':
      return live ? 'Works' : 'Worked all the time'
    case 'not known':
      return 'Could not be checked'
  }
}

/** The probes that give no verdict: what else broke, worst first. */
export function alsoWatchedOf(run: Run, nowMs: number): AlsoWatched[] {
  const order = ['broken', 'was broken', 'not known', 'fine']
  return run.probes
    .filter((probe) => probe.role === 'watch')
    .map((probe) => {
      const strip = stripOf(run, probe, nowMs)
      const state = stateOf(strip)
      return {
        key: `${probe.probeId} ${probe.hostId}`,
        name: probe.probeId,
        host: hostName(run, probe.hostId),
        state,
        sentence: sentenceOf(strip, state, run.phase !== 'ended'),
      }
    })
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}
