import { join } from 'node:path'

/** Where an agent keeps its things. All of it can be moved by `CHAOS_LITE_ROOT`, for tests and demo hosts. */
export interface Paths {
  /** `/etc/chaos-lite`: policy, credentials, repositories. Never written by the agent. */
  readonly config: string
  readonly policy: string
  readonly credentials: string
  readonly repositories: string
  /** `/var/lib/chaos-lite`: identity, journal, outbox. */
  readonly state: string
  readonly identity: string
  readonly journal: string
  readonly outbox: string
  readonly scratch: string
  /** The probes that actions of this host proposed to be seen by. */
  readonly effects: string
  /** `/run/chaos-lite`: the lock, and what the root part leaves when it goes to rest. For root only. */
  readonly runtime: string
  readonly lock: string
  readonly rest: string
  /** What exercises have at work in processes of their own. */
  readonly running: string
  /** Locked by a rehearsal as long as it lives. */
  readonly rehearsal: string
  /** Where the relay reaches the root part: systemd makes it, and wakes the root part when somebody connects. */
  readonly socket: string
  /** Touched by commands that left facts or made another identity, so that the relay wakes the root part for them. */
  readonly bell: string
  readonly haltFile: string
}

/** The paths under `root` (`''` on a real host). */
export function pathsUnder(root = process.env.CHAOS_LITE_ROOT ?? ''): Paths {
  const config = join(root, '/etc/chaos-lite')
  const state = join(root, '/var/lib/chaos-lite')
  const runtime = join(root, '/run/chaos-lite')
  return {
    config,
    policy: join(config, 'policy.yaml'),
    credentials: join(config, 'credentials.yaml'),
    repositories: join(config, 'repositories.yaml'),
    state,
    identity: join(state, 'identity.json'),
    journal: join(state, 'journal'),
    outbox: join(state, 'outbox'),
    scratch: join(state, 'scratch'),
    effects: join(state, 'effects.json'),
    runtime,
    lock: join(runtime, 'lock'),
    rest: join(runtime, 'rest.json'),
    running: join(runtime, 'exercises'),
    rehearsal: join(runtime, 'rehearsal'),
    socket: join(root, '/run/chaos-lite-agent.sock'),
    bell: join(root, '/run/chaos-lite-agent.bell'),
    haltFile: join(config, 'halt'),
  }
}
