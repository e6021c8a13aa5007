import { Option } from 'commander'
import {
  abortRun,
  acknowledgeAlert,
  answerQuestion,
  listRuns,
  showRun,
  stopAll,
  watchRunCommand,
} from '../commands/index.ts'
import { asInstant, asPageLength } from '../option-values.ts'
import type { Making } from './making.ts'

const RUN = 'the id of a run, or last: the newest run'
const STATUSES = ['under way', 'not passed', 'passed', 'failed', 'aborted', 'skipped', 'missed']

/** The commands about runs, and `stop-all`. */
export function addRuns({ program, act }: Making): void {
  const run = program.command('run').description('Runs: watch, list, show, answer, abort')
  act(run.command('watch').argument('<run>', RUN).description('Follow a run, live'), (context, id = '') =>
    watchRunCommand(context, id),
  )
  const list = run
    .command('list')
    .description('List the runs, newest first')
    .option('--limit <n>', 'how many at most, up to 500', asPageLength, 20)
    .option('--before <run>', 'only runs older than this one: the next page')
    .addOption(new Option('--status <status>', 'only runs of this status').choices(STATUSES))
    .option('--drill <name>', 'only runs of this drill')
    .option('--host <host>', 'only runs with this host (name or id)')
    .option('--company <company>', 'only runs of this company (name or id)')
    .option('--from <instant>', 'started at or after, ISO 8601 with the zone', asInstant)
    .option('--to <instant>', 'started before, ISO 8601 with the zone', asInstant)
    .option('--text <words>', 'only runs with all these words in title, drill or summary')
  act(list, (context) => {
    const { limit, before = null, status = null, drill = null, host = null, text = null, ...rest } = list.opts()
    const { from: fromMs = null, to: toMs = null, company = null } = rest
    return listRuns(context, { limit, before, status, drill, host, fromMs, toMs, text, company })
  })
  act(
    run.command('show').argument('<run>', RUN).description('Print what a run came to; with --json, its record'),
    (context, id = '') => showRun(context, id),
  )
  const abort = run.command('abort').argument('<run>', RUN).description('Stop a run and roll everything back')
  abort.option('--reason <text>', 'for the record', 'stopped by hand')
  act(abort, (context, id = '') => abortRun(context, id, abort.opts().reason))
  const answer = run
    .command('answer')
    .argument('<run>', RUN)
    .argument('<step>')
    .argument('<answer>', 'yes, no or partly')
  answer.description('Answer a question of a run').option('--note <text>', 'a note to the answer, for the record')
  act(answer, (context, runId = '', stepId = '', said = '') =>
    answerQuestion(context, { runId, stepId, answer: said, note: answer.opts().note ?? null }),
  )
  const acknowledge = run.command('acknowledge').argument('<run>', RUN).argument('<step>')
  acknowledge.description('Say that an expected alert was seen')
  act(acknowledge, (context, id = '', step = '') => acknowledgeAlert(context, id, step))
  act(program.command('stop-all').description('Stop every run and roll everything back, now'), stopAll)
}
