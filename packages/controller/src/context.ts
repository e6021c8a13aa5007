import type { Plan, Ulid } from '@chaos-lite/shared'
import type { RunRow, StopAllView } from '@chaos-lite/shared/api'
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
import type { Timetable } from './services/schedule/timetable.ts'
import type { Turnstile } from './services/turnstile.ts'
import type { Store } from './store/store.ts'
import type { Clock } from './time/clock.ts'
import type { Workers } from './workers/work-pool.ts'

/** What one may do with plans and runs. `by` is the name of the person, as the record will show it. */
export interface RunServices {
  /** Resolves a drill against real hosts; nothing is changed. Throws `param-invalid`, `plan-refused`, `drill-invalid`. */
  plan(request: { drill: string; params: Readonly<Record<string, unknown>> }, clientId: Ulid, by: string): Promise<Plan>
  /** Starts a plan that was looked at. Throws `plan-changed`, `host-busy`, `host-offline`, `not-found`. */
  start(request: { planId: Ulid; digest: string }, clientId: Ulid, by: string): Promise<RunRow>
  abort(runId: Ulid, by: string, reason: string): Promise<RunRow>
  answer(
    runId: Ulid,
    stepId: string,
    answer: { answer: 'yes' | 'no' | 'partly'; note: string | null },
    by: string,
  ): Promise<RunRow>
  /** The expected alert was seen. Throws `wrong-state` when that step awaits none. */
  acknowledge(runId: Ulid, stepId: string, by: string, via: 'webhook' | 'person'): Promise<RunRow>
  note(runId: Ulid, note: string, by: string): Promise<RunRow>
  /** Stops and puts back everything, on all hosts of these clients. */
  stopAll(clientIds: readonly Ulid[], by: string): Promise<StopAllView>
  stopAllView(clientIds: readonly Ulid[]): Promise<StopAllView>
  /** Takes up the runs that an earlier controller left in the middle. Called once, when agents can connect again. */
  reconcile(): Promise<void>
  /** No new runs, and links that end are no news any more. Called first when the controller stops; twice does no harm. */
  close(): Promise<void>
}

/** What every route may use. Made once, by `compose.ts`; nothing else chooses implementations. */
export interface AppContext {
  readonly clock: Clock
  /** The one answer to who is asking: whatever counts or limits askers goes by it. */
  readonly whoAsks: WhoAsks
  readonly store: Store
  readonly gateway: AgentGateway
  readonly runBook: RunBook
  readonly services: RunServices
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
