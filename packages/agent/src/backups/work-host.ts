import type { Host } from '../host/host.ts'

/** What drivers need of a host. */
export type WorkHost = Pick<Host, 'run' | 'files' | 'clock'>
