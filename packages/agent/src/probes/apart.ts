import type { Sighting } from './probe.ts'

/**
 * Looks with a probe in another process, which is killed with all it started at `signal`: for probes that read where a
 * file system may never answer, so that no thread of the agent waits there.
 */
export type Apart = (probe: string, params: unknown, signal: AbortSignal) => Promise<Sighting>
