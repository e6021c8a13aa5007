import { RunRecord, RunRow, StopAllView } from '@chaos-lite/shared'
import { z } from 'zod'
import { ExitCode } from '../exit-codes.ts'
import { plainTable } from '../print/table.ts'
import { answer, type CommandContext } from './context.ts'
import { followRun } from './follow-run.ts'

export async function listRuns(context: CommandContext, limit: number): Promise<ExitCode> {
  const runs = await (await context.api()).get(`/runs?limit=${limit}`, z.array(RunRow))
  answer(context, runs, () =>
    plainTable(
      ['RUN', 'DRILL', 'STARTED', 'OUTCOME', 'FAILURE CONFIRMED', 'PUT BACK'],
      runs.map((run) => [
        run.runId,
        run.drill,
        new Date(run.startedMs).toLocaleString(),
        run.outcome ?? run.phase,
        run.effect,
        run.restoration,
      ]),
    ),
  )
  return ExitCode.ok
}

/** The record: the plan and every fact, as the exact bytes that were received. */
export async function showRun(context: CommandContext, runId: string): Promise<ExitCode> {
  const record = await (await context.api()).get(`/runs/${runId}/record`, RunRecord)
  context.terminal.out(JSON.stringify(record, null, context.json ? undefined : 2))
  return ExitCode.ok
}

export async function watchRunCommand(context: CommandContext, runId: string): Promise<ExitCode> {
  return followRun(context, (await context.api()).session, runId)
}

export async function abortRun(context: CommandContext, runId: string, reason: string): Promise<ExitCode> {
  const row = await (await context.api()).post(`/runs/${runId}/abort`, { reason }, RunRow)
  answer(
    context,
    row,
    () => `Stopping run ${runId}: everything is being put back. Watch it: chaos-lite run watch ${runId}`,
  )
  return ExitCode.ok
}

export async function answerQuestion(
  context: CommandContext,
  given: { readonly runId: string; readonly stepId: string; readonly answer: string; readonly note: string | null },
): Promise<ExitCode> {
  const { runId, stepId, answer: said, note } = given
  const path = `/runs/${runId}/answers/${encodeURIComponent(stepId)}`
  const row = await (await context.api()).post(path, { answer: said, note }, RunRow)
  answer(context, row, () => `Recorded: ${said}.`)
  return ExitCode.ok
}

export async function acknowledgeAlert(context: CommandContext, runId: string, stepId: string): Promise<ExitCode> {
  const path = `/runs/${runId}/acknowledge/${encodeURIComponent(stepId)}`
  const row = await (await context.api()).post(path, {}, RunRow)
  answer(context, row, () => 'Recorded: the alert was seen.')
  return ExitCode.ok
}

const CONFIRM_EVERY_MS = 1_000

/** Stops everything, and names every host until the last one has confirmed. */
export async function stopAll(context: CommandContext): Promise<ExitCode> {
  const api = await context.api()
  let view = await api.post('/stop-all', {}, StopAllView)
  const said = new Map<string, string>()
  for (;;) {
    for (const host of view.hosts) {
      const line = `${host.name}: ${host.state} (${host.detail})`
      const key = `${host.hostId} ${host.runId ?? ''}`
      if (said.get(key) !== line && !context.json) context.terminal.out(line)
      said.set(key, line)
    }
    if (view.hosts.every((host) => host.state === 'confirmed') || context.signal.aborted) break
    await new Promise((resolve) => setTimeout(resolve, CONFIRM_EVERY_MS))
    view = await api.get('/stop-all', StopAllView)
  }
  const done = view.hosts.every((host) => host.state === 'confirmed')
  answer(context, view, () => (done ? 'Everything is put back.' : 'NOT everything is confirmed; see the hosts above.'))
  return done ? ExitCode.ok : ExitCode.failed
}
