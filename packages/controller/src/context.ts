import type { Plan, Ulid } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { Address } from './address.ts'
import type { WhoAsks } from './asking/index.ts'
import type { AgentGateway } from './gateway/index.ts'
import type {
  Alerts,
  Auth,
  Costs,
  Drills,
  Enrolment,
  HostAdmin,
  HostViews,
  Live,
  Metrics,
  RunBook,
  Runs,
  Timetable,
  Turnstile,
  Webhooks,
} from './services/index.ts'
import type { Store } from './store/index.ts'
import type { Clock } from './time/index.ts'
import type { Workers } from './workers/index.ts'

/** What every route may use. Made once, by `compose.ts`; nothing else chooses implementations. */
export interface AppContext {
  readonly clock: Clock
  /** The one answer to who is asking: whatever counts or limits askers goes by it. */
  readonly whoAsks: WhoAsks
  readonly store: Store
  readonly gateway: AgentGateway
  readonly runBook: RunBook
  /** Resolves a drill against real hosts; nothing is changed. Throws `param-invalid`, `plan-refused`, `drill-invalid`. */
  readonly plan: (
    request: { readonly drill: string; readonly params: Readonly<Record<string, unknown>> },
    clientId: Ulid,
  ) => Promise<Plan>
  readonly runs: Runs
  readonly timetable: Timetable
  readonly drills: Drills
  readonly hosts: HostViews
  readonly hostAdmin: HostAdmin
  readonly auth: Auth
  readonly enrolment: Enrolment
  readonly alerts: Alerts
  readonly webhooks: Webhooks
  readonly live: Live
  readonly metrics: Metrics
  /** For what must not be computed on the event loop. */
  readonly workers: Workers
  readonly costs: Costs
  /** Long answers pass through it. */
  readonly turnstile: Turnstile
  readonly log: Logger
  /** Known once the server listens; before that, what the options say. */
  readonly address: Address
}
