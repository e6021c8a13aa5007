import type { Run, RunProbe } from './run.ts'

/** The probes that decide the verdict. */
export function steadyProbes(run: Run): RunProbe[] {
  return run.probes.filter((probe) => probe.role === 'steady')
}

/** The name people know a host by; its id where the plan does not name it. */
export function hostName(run: Run, hostId: string): string {
  return run.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
}

const SAYS = { down: 'did not work', 'not evaluated': 'could not be checked', up: 'worked' } as const

const MOST_CHARS = 200

/** The probe's own words, where it is still what it last said. */
function why({ status, transitions }: RunProbe): string {
  const last = transitions.at(-1)
  if (last === undefined || last.status !== status || last.message === null) return ''
  return `: ${last.message.slice(0, MOST_CHARS).replace(/\.$/, '')}`
}

/** What must work and does not, or is not known to, as sentences. A host without a link is not known to work. */
export function notHolding(run: Run, limit = 50): string[] {
  const offline = new Set(run.hosts.flatMap((host) => (host.online === false ? [host.hostId] : [])))
  const sentences: string[] = []
  for (const probe of steadyProbes(run)) {
    if (sentences.length >= limit) break
    const where = `${probe.probeId} on ${hostName(run, probe.hostId)}`
    if (probe.status === null) sentences.push(`${where} was never checked.`)
    else if (probe.status !== 'up') sentences.push(`${where} ${SAYS[probe.status]}${why(probe)}.`)
    else if (offline.has(probe.hostId)) sentences.push(`${where} worked when last heard of; the host has no link.`)
  }
  return sentences
}

/** The run with its baseline taken: what held at the moment the failures were about to start. */
export function withBaseline(run: Run): Run {
  const failing = notHolding(run)
  return { ...run, steadyState: { baseline: failing.length === 0, failing } }
}
