import { readFile } from 'node:fs/promises'
import { builtInMenu, ChaosError, formatMistake, type Params, Plan, parseDrill } from '@chaos-lite/shared'
import { DrillView, RunRow } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { askWhether } from '../ask.ts'
import { fileTrouble, ofDrill } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { plainTable, planPage } from '../print/index.ts'
import { answer, type CommandContext } from './context.ts'
import { followRun } from './follow-run.ts'

/** Checks drill files without a controller; prints every mistake with file, line and column. */
export async function validateDrills(context: CommandContext, files: readonly string[]): Promise<ExitCode> {
  const results = await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file).catch((cause: unknown) => {
        throw new ChaosError('not-found', `The file ${file} ${fileTrouble(cause)}.`, { cause })
      })
      const parsed = parseDrill(bytes, { file, menu: builtInMenu })
      return { file, mistakes: parsed.ok ? [] : parsed.mistakes, warnings: parsed.warnings }
    }),
  )
  const bad = results.some((result) => result.mistakes.length > 0)
  answer(context, results, () =>
    results
      .flatMap(({ file, mistakes, warnings }) => [
        ...mistakes.map(formatMistake),
        ...warnings.map((warning) => `${formatMistake(warning)} [warning]`),
        ...(mistakes.length === 0 ? [`${file}: no mistakes`] : []),
      ])
      .join('\n'),
  )
  return bad ? ExitCode.failed : ExitCode.ok
}

/** All drills of the controller, with how many mistakes keep one from being planned. Exit code 0 in any case. */
export async function listDrills(context: CommandContext): Promise<ExitCode> {
  const drills = await (await context.api()).get('/drills', z.array(DrillView))
  answer(context, drills, () =>
    plainTable(
      ['DRILL', 'VERSION', 'TITLE', 'NOTE'],
      drills.map(({ name, version, title, mistakes }) => [
        name,
        String(version),
        title,
        mistakes.length === 0 ? '' : mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`,
      ]),
    ),
  )
  return ExitCode.ok
}

/** The parameters, mistakes and file of a drill. Exit code `failed` when it has mistakes, for use in scripts. */
export async function showDrill(context: CommandContext, name: string): Promise<ExitCode> {
  const api = await context.api()
  const drill = await ofDrill(api, name, () => api.get(`/drills/${encodeURIComponent(name)}`, DrillView))
  answer(context, drill, () =>
    [
      drill.title,
      drill.why,
      '',
      ...(drill.params.length === 0 ? [] : ['Parameters (--param name=value):']),
      ...drill.params.map(({ name: param, type, ask, default: value }) => {
        const preset = value === null ? 'no default' : `default ${String(value)}`
        return `  ${param} (${type}, ${preset}): ${ask}`
      }),
      ...drill.mistakes,
      '',
      drill.source,
    ].join('\n'),
  )
  return drill.mistakes.length === 0 ? ExitCode.ok : ExitCode.failed
}

async function planOf(context: CommandContext, drill: string, params: Params): Promise<Plan> {
  const api = await context.api()
  return ofDrill(api, drill, () => api.post('/plans', { drill, params }, Plan))
}

/** Shows what a drill would do, on one page. Nothing is changed. */
export async function planDrill(context: CommandContext, drill: string, params: Params): Promise<ExitCode> {
  const plan = await planOf(context, drill, params)
  answer(context, plan, () => planPage(plan))
  return ExitCode.ok
}

/** Plans, shows the plan, asks, starts and follows. */
export async function runDrill(
  context: CommandContext,
  drill: string,
  given: { readonly params: Params; readonly yes: boolean; readonly detach: boolean },
): Promise<ExitCode> {
  const plan = await planOf(context, drill, given.params)
  if (!context.json) context.terminal.out(planPage(plan))
  const sure = given.yes || (await askWhether('Start this drill now?', 'Give --yes to start this plan.'))
  if (!sure) {
    context.terminal.err('The drill was not started.')
    return ExitCode.couldNotRun
  }
  const api = await context.api()
  const row = await api.post('/runs', { planId: plan.planId, digest: plan.digest }, RunRow)
  if (given.detach) {
    answer(context, row, () => `Run ${row.runId} was started. Watch it: chaos-lite run watch ${row.runId}`)
    return ExitCode.ok
  }
  return followRun(context, api.session, row.runId)
}
