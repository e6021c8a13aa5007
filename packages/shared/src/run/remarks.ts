import type { Run } from './run.ts'

function aboutHosts(run: Run): string[] {
  return run.hosts.flatMap((host) => {
    if (host.restoration !== 'ours undone') return []
    return [`${host.name}: somebody else changed the same thing meanwhile; only our part was undone, theirs was kept.`]
  })
}

/** What is worth knowing about a run whatever it came to. */
export function remarks(run: Run): string[] {
  const simulated = run.mode === 'simulated' ? ['This run was simulated: it is not evidence.'] : []
  const restarted = run.restarts.length > 0 ? ['The controller was restarted in the middle of the run.'] : []
  const odd = run.anomalies.length
  const anomalies = odd > 0 ? [`${odd} ${odd === 1 ? 'fact' : 'facts'} did not fit the run; see its anomalies.`] : []
  return [...aboutHosts(run), ...simulated, ...restarted, ...anomalies]
}
