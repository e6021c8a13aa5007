import type { Logger } from 'pino'
import type { WhoAsks } from '../asking/index.ts'
import type { Store, StoredHost } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import type { FactQuotaLimits } from './fact-quota.ts'
import type { ControllerKey } from './keys.ts'
import type { Enrolling, Ingest } from './ports.ts'
import type { StrangerLimits } from './strangers.ts'

/** What the gateway works with. */
export interface GatewayOptions {
  readonly store: Store
  readonly clock: Clock
  readonly key: ControllerKey
  readonly enrolment: Enrolling
  readonly ingest: Ingest
  readonly log: Logger
  /** Without it, no proxy is believed. */
  readonly whoAsks?: WhoAsks
  readonly onRefused?: () => void
  readonly onEnrolled?: (host: StoredHost) => void
  /** For tests: smaller limits and shorter times. */
  readonly limits?: StrangerLimits
  readonly quota?: FactQuotaLimits
  readonly handshakeMs?: number
  readonly firstFrameMs?: number
  readonly retryMs?: number
}
