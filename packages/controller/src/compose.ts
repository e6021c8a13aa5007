import type { Logger } from 'pino'
import { makeAddress, trustedProxies } from './address.ts'
import { whoAsks } from './asking/index.ts'
import type { AppContext } from './context.ts'
import { controllerKey, wsGateway } from './gateway/index.ts'
import { type ControllerOptions, DEFAULT_DRILLS } from './options.ts'
import {
  alertReader,
  Costs,
  drillTrouble,
  knownMenu,
  LogIns,
  lastsAtMostMs,
  loadDrills,
  makeAlerts,
  makeAuth,
  makeEnrolment,
  makeHostAdmin,
  makeHostViews,
  makeIngest,
  makeLive,
  makeMetrics,
  makeNotifier,
  makeWebhooks,
  notifyWhenStuck,
  plan,
  Runs,
  recordRestores,
  StoredRunBook,
  Timetable,
  Turnstile,
} from './services/index.ts'
import type { Store } from './store/index.ts'
import { anchoredClock } from './time/index.ts'
import { WorkPool } from './workers/index.ts'

interface Parts {
  readonly options: ControllerOptions
  readonly store: Store
  readonly log: Logger
  readonly tls: { readonly caPem: string | null } | null
}

/** Chooses the implementations and puts them together. What must be ended is left on the stack, in the right order. */
export async function compose(parts: Parts, stack: AsyncDisposableStack): Promise<AppContext> {
  const { log } = parts
  const logIns = new LogIns(parts.store.logIns, log)
  stack.defer(async () => logIns.close())
  const store: Store = { ...parts.store, logIns }
  const clock = anchoredClock()
  const address = makeAddress(parts.options, parts.tls)
  const asking = whoAsks(trustedProxies(parts.options, parts.tls !== null))
  const metrics = makeMetrics()
  const costs = new Costs()
  const auth = await makeAuth({ store, clock })
  const enrolment = makeEnrolment({ store, clock, address })
  const runBook = new StoredRunBook(store, clock)
  await recordRestores({ store, runBook, clock })
  const onStored = (count: number) => metrics.count('chaos_lite_facts_stored_total', count)
  const gateway = wsGateway({
    ...{ store, clock, enrolment, log, whoAsks: asking },
    key: await controllerKey(store),
    ingest: makeIngest({ store, runBook, clock, log, onStored }),
    onRefused: () => metrics.count('chaos_lite_links_refused_total'),
    onEnrolled: ({ hostId }) => live.hostChanged(hostId),
  })
  const hosts = makeHostViews({ store, gateway, runBook })
  const live = makeLive({ store, gateway, runBook, hosts, clock, log })
  const hostAdmin = makeHostAdmin({ store, gateway, views: hosts, live })
  // Whatever fails from here on, no timer of these may keep the process alive.
  stack.defer(async () => void (await Promise.all([gateway.close(), live.close()])))
  const workers = stack.use(new WorkPool({ onSpent: (userId, ms) => costs.spend([`user ${userId}`], { ms }) }))
  const drills = await loadDrills({
    folder: parts.options.drillsFolder ?? DEFAULT_DRILLS,
    menu: () => knownMenu(gateway),
    workers,
    onProblem: (message) => log.warn(message),
  })
  stack.defer(() => drills.close())
  const runs = new Runs({ store, book: runBook, gateway, clock, log })
  const onFailed = () => metrics.count('chaos_lite_webhooks_failed_total')
  const toLoopback = parts.options.webhooksToLoopback ?? false
  const notifier = makeNotifier({ store, clock, log, onFailed, toLoopback })
  stack.defer(() => notifier.close())
  stack.defer(runBook.listen({ row: notifyWhenStuck(notifier) }))
  const planned: AppContext['plan'] = (request, clientId) =>
    plan({ store, gateway, clock, drill: drills.plannable }, request, clientId)
  const timetable = new Timetable({
    ...{ store, runs, clock, log, book: runBook },
    plan: planned,
    titleOf: (name) => drills.view(name).title,
    troubleOf: (name) => drillTrouble(drills.view, name),
    lastsAtMostMs: async (name, params) => lastsAtMostMs((await drills.plannable(name)).drill, params),
    onMissed: (slot) => void notifier.notify({ type: 'slot.missed', ...slot }),
  })
  const alerts = await makeAlerts({
    store,
    awaited: (drill, clientId) => runs.awaitedAlerts(drill, clientId),
    read: alertReader(workers),
    current: (runId) => runBook.current(runId),
    note: (runId, note, by) => runs.note(runId, note, by),
    acknowledge: (runId, stepId, by, via) => runs.acknowledge(runId, stepId, by, via),
  })
  stack.defer(async () => {
    await timetable.close()
    await runs.close()
  })
  return {
    ...{
      plan: planned,
      clock,
      whoAsks: asking,
      store,
      gateway,
      runBook,
      runs,
      timetable,
      drills,
      hosts,
      hostAdmin,
      auth,
    },
    ...{
      enrolment,
      alerts,
      webhooks: makeWebhooks({ store, notifier }),
      live,
      metrics,
      workers,
      costs,
      turnstile: new Turnstile(),
      log,
      address,
    },
  }
}
