import type { Plan, Ulid } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { WhoAsks } from './asking/who-asks.ts'
import type { AgentGateway } from './gateway/agent-gateway.ts'
import type { Alerts } from './services/alerts/alerts.ts'
import type { Auth } from './services/auth/auth.ts'
import type { Costs } from './services/costs.ts'
import type { Drills } from './services/drills.ts'
import type { Enrolment } from './services/enrol.ts'
import type { HostViews } from './services/host-views.ts'
import type { Live } from './services/live/live.ts'
import type { Metrics } from './services/metrics.ts'
import type { Notifier } from './services/notify.ts'
import type { RunBook } from './services/run-book.ts'
import type { Runs } from './services/runs.ts'
import type { Timetable } from './services/schedule/timetable.ts'
import type { Turnstile } from './services/turnstile.ts'
import type { Store } from './store/store.ts'
import type { Clock } from './time/clock.ts'
import type { Workers } from './workers/work-pool.ts'

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
  readonly auth: Auth
  readonly enrolment: Enrolment
  readonly alerts: Alerts
  readonly notifier: Notifier
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

/** Where this controller is reached, as browsers and agents see it. */
export interface Address {
  /** `https://chaos.example.test:8321`, without a slash at the end. */
  publicUrl: string
  /** The exact origins that a browser may send. */
  readonly origins: Set<string>
  readonly secure: boolean
  /** The authority that agents must be told of, PEM; null when systems know it by themselves, or there is no TLS here. */
  readonly caPem: string | null
  /** True after the signal to stop: no new runs. */
  closing: boolean
}
