import type { StopAllView } from '@chaos-lite/shared/api'
import type { Tone } from '../../words/index.ts'

/** How far one host has come since everything was stopped. */
export type StoppedHost = StopAllView['hosts'][number]

/** What each state says, and how it looks. */
export const STOP_STATE: Readonly<Record<StoppedHost['state'], { label: string; tone: Tone }>> = {
  asked: { label: 'Asked to stop', tone: 'warn' },
  'putting back': { label: 'Rolling back', tone: 'live' },
  confirmed: { label: 'Confirmed', tone: 'good' },
  unreachable: { label: 'Not reachable', tone: 'bad' },
  'not put back': { label: 'Not rolled back: a person must act', tone: 'bad' },
}

/** The hosts that have not confirmed since everything was stopped: they stay in sight, the worst first. */
export function unconfirmed(view: StopAllView | undefined): StoppedHost[] {
  if (view === undefined || view.stoppedMs === null) return []
  const rank: readonly StoppedHost['state'][] = ['not put back', 'unreachable', 'putting back', 'asked']
  return view.hosts
    .filter((host) => host.state !== 'confirmed')
    .sort((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state) || a.name.localeCompare(b.name))
}
