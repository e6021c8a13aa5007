import { restorationOfHost } from './restoration.ts'
import type { Run } from './run.ts'

/** So many sentences of a host are repeated; its own part of the record has all. */
const MOST_KEPT = 5

function aboutHosts(run: Run): string[] {
  return run.hosts.flatMap((host) => {
    if (host.restoration !== 'ours undone') return []
    const { kept } = restorationOfHost(run, host.hostId)
    const more = kept.length > MOST_KEPT ? [`${host.name}: ${kept.length - MOST_KEPT} more changes were kept.`] : []
    return [
      `${host.name}: somebody else changed the same thing meanwhile; our change was removed, theirs was kept.`,
      ...kept.slice(0, MOST_KEPT).map((each) => `${host.name}, kept: ${each}`),
      ...more,
    ]
  })
}

function stuckHosts(run: Run): string[] {
  return run.hosts.flatMap(({ hostId, name }) =>
    restorationOfHost(run, hostId).wasStuck
      ? [`${name} could not be rolled back at once; it was reported as stuck or unknown first.`]
      : [],
  )
}

/** What is worth knowing about a run whatever it came to. */
export function remarks(run: Run): string[] {
  const simulated = run.mode === 'simulated' ? ['This run was simulated: it is not evidence.'] : []
  const restarted = run.restarts.length > 0 ? ['The controller was restarted in the middle of the run.'] : []
  const odd = run.anomalies.length
  const anomalies = odd > 0 ? [`${odd} ${odd === 1 ? 'fact' : 'facts'} did not fit the run; see its anomalies.`] : []
  return [...aboutHosts(run), ...stuckHosts(run), ...simulated, ...restarted, ...anomalies]
}
