import { describeEvent, instantText, type Run, type SourcedFact, timeOfDayText } from '@chaos-lite/shared'
import { createLogUpdate } from 'log-update'
import type { Session, StreamListener } from '../client/index.ts'
import { HALT, type RunWatcher, watchRun } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { type Awaited, awaited, liveView, verdictPage } from '../print/index.ts'
import { jsonText, printable } from '../printable.ts'
import type { CommandContext } from './context.ts'

const REDRAW_MS = 250

type Display = RunWatcher & { end(run: Run): void }

/** Follows a run to its end: a picture that is redrawn on a terminal, plain lines elsewhere, JSON lines for programs. */
export async function followRun(
  context: Pick<CommandContext, 'terminal' | 'json' | 'signal'>,
  session: Session,
  runId: string,
): Promise<ExitCode> {
  const display = displayFor(context, session.url)
  const run = await watchRun(session, runId, display, context.signal)
  display.end(run)
  if (run.outcome === null) {
    context.terminal.err(`Stopped watching; the run goes on. Stop it with: chaos-lite run abort ${runId}`)
    return ExitCode.couldNotRun
  }
  return exitCodeOf(run)
}

/** 0 passed, 1 failed or aborted, 2 never run (skipped, missed). */
function exitCodeOf(run: Run): ExitCode {
  if (run.outcome === 'passed') return ExitCode.ok
  return run.outcome === 'skipped' || run.outcome === 'missed' ? ExitCode.couldNotRun : ExitCode.failed
}

function displayFor({ terminal, json }: Pick<CommandContext, 'terminal' | 'json'>, url: string): Display {
  if (json)
    return {
      ...streamNotices(terminal.err),
      fact: (fact) => terminal.out(jsonText({ type: 'fact', fact })),
      end: ({ seen: _, ...run }) => terminal.out(jsonText({ type: 'run', run })),
    }
  return terminal.live ? picture(terminal, url) : lines(terminal, url)
}

function lines(terminal: CommandContext['terminal'], url: string): Display {
  return {
    ...streamNotices(terminal.err),
    fact: (fact, run) => {
      terminal.out(`${instantText(fact.receivedMs)}  ${describeEvent(fact, run)}`)
      const wait = waitOf(fact, run)
      if (wait !== undefined) terminal.out(`  To ${wait.verb} it: ${wait.command}`)
    },
    end: (run) => terminal.out(verdictPage(run, terminal, url)),
  }
}

/** What a person is asked for from this fact on. */
function waitOf({ fact: { event } }: SourcedFact, run: Run): Awaited | undefined {
  if (event.type !== 'alert.awaited' && event.type !== 'question.asked') return undefined
  return awaited(run).find(({ stepId }) => stepId === event.stepId)
}

/** Two sentences at most for each loss of the link: that it is lost, and that it is back. */
function streamNotices(say: (text: string) => void): Required<StreamListener> {
  return {
    lost: (sinceMs) =>
      say(
        `No link to the controller since ${timeOfDayText(sinceMs)}. Hosts roll themselves back; trying again.\n${HALT}`,
      ),
    back: (atMs) => say(`The link to the controller is back since ${timeOfDayText(atMs)}.`),
  }
}

function picture(terminal: CommandContext['terminal'], url: string): Display {
  const draw = createLogUpdate(process.stdout)
  let latest: Run | null = null
  let offsetMs = 0
  let notice = ''
  const redraw = () => {
    const view = latest === null ? '' : liveView(latest, Date.now() + offsetMs, terminal)
    if (latest !== null || notice !== '') draw(printable(`${view}${notice}`))
  }
  const timer = setInterval(redraw, REDRAW_MS)
  return {
    ...streamNotices((text) => {
      notice = `\n\n${terminal.style('yellow', text)}`
    }),
    fact: (_, run) => {
      latest = run
    },
    clock: (ms) => {
      offsetMs = ms
    },
    end: (run) => {
      clearInterval(timer)
      latest = run
      notice = ''
      redraw()
      draw.done()
      terminal.out(verdictPage(run, terminal, url))
    },
  }
}
