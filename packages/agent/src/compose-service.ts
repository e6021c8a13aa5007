import { ChaosError } from '@chaos-lite/shared'
import type { Service, World } from './cli/world.ts'
import type { LiveAgent } from './compose.ts'
import type { Paths } from './paths.ts'
import type { LocalDefinitions } from './probes/probe.ts'

export interface ServiceParts {
  readonly paths: Paths
  readonly agent: LiveAgent
  readonly policy: World['policy']
  readonly local: LocalDefinitions
  warn(message: string, cause: unknown): void
}

/** The side that speaks with the controller: identity, session, link. Called after recovery. */
export async function composeService(parts: ServiceParts): Promise<Service> {
  const { readIdentity } = await import('./identity/index.ts')
  const identity = await readIdentity(parts.paths.identity)
  if (identity === null) {
    const how = 'Run: chaos-lite-agent enrol --controller URL'
    throw new ChaosError('wrong-state', `This host is not enrolled at any controller. ${how}`)
  }
  throw new ChaosError('internal', 'The link is not composed yet.')
}
