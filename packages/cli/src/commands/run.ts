import { setTimeout as sleep } from 'node:timers/promises'
import { formatDuration, instantText, type Run, RunState } from '@chaos-lite/shared'
import { AbortView, RunRecord, RunRow, StopAllView } from '@chaos-lite/shared/api'
import { companyIdOf, hostIdOf, orOnTheHost, runIdOf } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { plainTable, verdictPage } from '../print/index.ts'
import { jsonText } from '../printable.ts'
import { answer, type CommandContext } from './context.ts'
import { followRun } from './follow-run.ts'

/** Which runs are listed; what is null does not matter. */
export interface RunFilter {
  readonly limit: number
  readonly before: string | null
  readonly status: string | null
  readonly drill: string | null
  /** A host's name or id. */
  readonly host: string | null
  /** A company's name or id. */
  readonly company?: string | null
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly text: string | null
}

/** Lists runs, newest first, and says how many more there are and how to see them. */
export async function listRuns(context: CommandContext, filter: RunFilter): Promise<ExitCode> {
  const api = await context.api()
  const { limit, before, status, drill, host, fromMs, toMs, text } = filter
  const older = before === null ? null : await runIdOf(api, before)
  const wanted = { limit, before: older, status, drill, from: fromMs, to: toMs, text }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(wanted)) if (value !== null) query.set(name, String(value))
  if (host !== null) query.set('host', await hostIdOf(api, host))
  if (filter.company) query.set('company', await companyIdOf(api, filter.company))
  const { items, total, next } = await api.page(`/runs?${query}`, RunRow)
  answer(context, items, () => {
    if (items.length === 0) return 'No run matches.'
    const more = next === null ? '' : `\n${items.length} of ${total} runs. Older ones: the same with --before ${next}`
    return `${tableOf(items)}${more}`
  })
  return ExitCode.ok
}

function tableOf(runs: readonly RunRow[]): string {
  return plainTable(
    ['RUN', 'DRILL', 'STARTED', 'OUTCOME', 'IMPACT CONFIRMED', 'ROLLED BACK'],
    runs.map((run) => [
      run.runId,
      run.drill,
      instantText(run.startedMs),
      run.outcome ?? run.phase,
      run.effect,
      run.wasStuck === true ? `${run.restoration}, was stuck before` : run.restoration,
    ]),
  )
}

/**
 * What a run came to, or how it stands, for people. For programs the record: the plan and every fact, as the exact bytes
 * that were received.
 */
export async function showRun(context: CommandContext, given: string): Promise<ExitCode> {
  const api = await context.api()
  const runId = await runIdOf(api, given)
  if (context.json) {
    context.terminal.out(jsonText(await api.get(`/runs/${runId}/record`, RunRecord)))
    return ExitCode.ok
  }
  const run = await api.get(`/runs/${runId}`, RunState)
  context.terminal.out(`${headOf(run, runId)}${verdictPage(run, context.terminal, api.session.url)}`)
  return ExitCode.ok
}

function headOf({ plan, slot, plannedMs, endedMs }: Run, runId: string): string {
  const title = plan?.title ?? slot?.title ?? 'Run'
  const atMs = plannedMs ?? slot?.slotMs ?? null
  const from = atMs === null ? '' : `, ${instantText(atMs)}`
  const took =
    plannedMs === null || endedMs === null || endedMs === plannedMs ? '' : `, ${formatDuration(endedMs - plannedMs)}`
  return `${title} (run ${runId})${from}${took}`
}

/** Follows a run to its end. `runId` may also be `last`, the newest run. */
export async function watchRunCommand(context: CommandContext, runId: string): Promise<ExitCode> {
  const api = await context.api()
  return followRun(context, api.session, await runIdOf(api, runId))
}

/** Returns once the controller has accepted the abort, which is before everything is rolled back. */
export async function abortRun(context: CommandContext, given: string, reason: string): Promise<ExitCode> {
  const api = await context.api()
  const runId = await runIdOf(api, given)
  const row = await orOnTheHost(() => api.post(`/runs/${runId}/abort`, { reason }, AbortView))
  warn(context, row)
  answer(
    context,
    row,
    () => `Stopping run ${runId}: everything is being rolled back. Watch it: chaos-lite run watch ${runId}`,
  )
  return ExitCode.ok
}

const CONFIRM_EVERY_MS = 1_000

/** While the controller cannot write its store, it says so with each answer. */
function warn({ terminal }: CommandContext, { notice }: { readonly notice?: string | undefined }): void {
  if (notice !== undefined) terminal.err(notice)
}

type StoppedHost = StopAllView['hosts'][number]
/** Nothing more is to be waited for: the host has confirmed, or only a person can help. */
const SETTLED: ReadonlySet<StoppedHost['state']> = new Set(['confirmed', 'not put back'])

/** Stops everything, and names every host until the last one has confirmed, or a person must act. */
export async function stopAll(context: CommandContext): Promise<ExitCode> {
  const api = await context.api()
  let view = await orOnTheHost(() => api.post('/stop-all', {}, StopAllView))
  warn(context, view)
  const said = new Map<string, string>()
  for (;;) {
    for (const host of view.hosts) {
      const line = stopLine(context, host)
      const key = `${host.hostId} ${host.runId ?? ''}`
      if (said.get(key) !== line && !context.json) context.terminal.out(line)
      said.set(key, line)
    }
    if (view.hosts.every((host) => SETTLED.has(host.state)) || context.signal.aborted) break
    await pause(CONFIRM_EVERY_MS, context.signal)
    view = await orOnTheHost(() => api.get('/stop-all', StopAllView))
  }
  const open = view.hosts.filter((host) => host.state !== 'confirmed')
  answer(context, view, () => closing(context, open))
  return open.length === 0 ? ExitCode.ok : ExitCode.failed
}

/** How a state of the wire reads. */
const STATE: Readonly<Record<StoppedHost['state'], string>> = {
  asked: 'asked',
  'putting back': 'rolling back',
  confirmed: 'confirmed',
  unreachable: 'unreachable',
  'not put back': 'not rolled back',
}

/** In red for as long as it is not known to be well. */
function stopLine({ terminal }: CommandContext, { name, state, detail }: StoppedHost): string {
  const bad = state === 'unreachable' || state === 'not put back'
  const text = `${name}: ${STATE[state]}. ${detail}`.trimEnd()
  return bad ? terminal.style('red', text) : text
}

function closing({ terminal }: CommandContext, open: readonly StoppedHost[]): string {
  if (open.length === 0) return 'Everything is rolled back.'
  const names = open.map((host) => host.name).join(', ')
  return terminal.style('red', `NOT confirmed: ${names}. What is known of them stands above.`)
}

/** Ends early when the person has had enough. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined)
}
