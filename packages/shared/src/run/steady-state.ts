import { isRestored } from './restoration.ts'
import type { Run, RunProbe } from './run.ts'

/** The probes that decide the verdict. */
export function steadyProbes(run: Run): RunProbe[] {
  return run.probes.filter((probe) => probe.role === 'steady')
}

/** The name people know a host by; its id where the plan does not name it. */
export function hostName(run: Run, hostId: string): string {
  return run.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
}

const SAYS = { down: 'failed', 'not evaluated': 'could not be checked', up: 'passed' } as const

const MOST_CHARS = 200

/** The probe's own words, where it is still what it last said. */
function why({ status, transitions }: RunProbe): string {
  const last = transitions.at(-1)
  if (last === undefined || last.status !== status || last.message === null) return ''
  return `: ${last.message.slice(0, MOST_CHARS).replace(/\.$/, '')}`
}

/** The health checks that do not pass, or are not known to, as sentences. For a host without a link it is not known. */
function notHolding(run: Run, limit = 50): string[] {
  const offline = new Set(run.hosts.flatMap((host) => (host.online === false ? [host.hostId] : [])))
  const sentences: string[] = []
  for (const probe of steadyProbes(run)) {
    if (sentences.length >= limit) break
    const where = `${probe.probeId} on ${hostName(run, probe.hostId)}`
    if (probe.status === null) sentences.push(`${where} was never checked.`)
    else if (probe.status !== 'up') sentences.push(`${where} ${SAYS[probe.status]}${why(probe)}.`)
    else if (offline.has(probe.hostId)) sentences.push(`${where} passed when last heard of; the host has no link.`)
  }
  return sentences
}

/** When the last failure was rolled back; null where none was. */
function restoredAt(run: Run): { readonly lowMs: number; readonly highMs: number } | null {
  const ended = run.steps.flatMap(({ hosts }) =>
    hosts.flatMap((row) => (isRestored(row.restoration) ? (row.revertEnded ?? []) : [])),
  )
  if (ended.length === 0) return null
  return { lowMs: Math.max(...ended.map(({ lowMs }) => lowMs)), highMs: Math.max(...ended.map(({ highMs }) => highMs)) }
}

/** Is it certain that a sample was begun after that, so that it says something of the restored host? */
function isSampledAfter({ transitions, endedAt, everyMs }: RunProbe, ms: number): boolean {
  const last = transitions.at(-1)
  if (last !== undefined && last.at.lowMs >= ms) return true
  return endedAt !== null && endedAt.lowMs - everyMs >= ms
}

/**
 * As `notHolding`, for the end of a run: what was last seen before everything was rolled back says nothing of the time after
 * it. A probe that has not ended goes on reporting its changes as long as its host has a link.
 */
export function notHoldingAfterwards(run: Run): string[] {
  const restored = restoredAt(run)
  if (restored === null) return notHolding(run)
  const sinceMs = restored.highMs
  const online = new Set(run.hosts.flatMap((host) => (host.online === true ? [host.hostId] : [])))
  const unseen = steadyProbes(run).filter((probe) => {
    if (probe.status === null || probe.status === 'up' || isSampledAfter(probe, sinceMs)) return false
    const goesOn = probe.endedAt === null && online.has(probe.hostId)
    return !(goesOn && (run.lastMs ?? 0) - 2 * probe.everyMs >= sinceMs)
  })
  const said = unseen.map(({ probeId, hostId, status, endedAt }) => {
    const where = `${probeId} on ${hostName(run, hostId)}`
    const seen = status === 'not evaluated' ? SAYS['not evaluated'] : SAYS.down
    return endedAt !== null && endedAt.highMs < restored.lowMs
      ? `${where} was not checked any more after everything was rolled back; before that it ${seen}.`
      : `${where} ${seen} when last heard of; it is not certain that this was after everything was rolled back.`
  })
  const others = run.probes.filter((probe) => !unseen.includes(probe))
  return [...notHolding({ ...run, probes: others }), ...said].slice(0, 50)
}

/** The run with its baseline taken: what held at the moment the failures were about to start. */
export function withBaseline(run: Run): Run {
  const failing = notHolding(run)
  return { ...run, steadyState: { baseline: failing.length === 0, failing } }
}
