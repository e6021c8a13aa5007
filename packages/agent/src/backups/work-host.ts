import type { Host } from '../host/index.ts'

/** What drivers need of a host. */
export type WorkHost = Pick<Host, 'run' | 'files' | 'clock'>
