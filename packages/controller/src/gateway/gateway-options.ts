import type { Logger } from 'pino'
import type { WhoAsks } from '../asking/who-asks.ts'
import type { Clock } from '../services/clock.ts'
import type { Enrolment } from '../services/enrol.ts'
import type { Ingest } from '../services/ingest.ts'
import type { Store, StoredHost } from '../store/store.ts'
import type { FactQuotaLimits } from './fact-quota.ts'
import type { ControllerKey } from './keys.ts'
import type { StrangerLimits } from './strangers.ts'

/** What the gateway works with. */
export interface GatewayOptions {
  readonly store: Store
  readonly clock: Clock
  readonly key: ControllerKey
  readonly enrolment: Enrolment
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
