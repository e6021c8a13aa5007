// `npm start`: a controller, three demo hosts with real agents, and a Failover Friday, watched live.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ExitCode, followRun, planPage, processTerminal } from '@chaos-lite/cli'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { CommanderError } from 'commander'
import { ulid } from 'ulid'
import { buildDashboard } from '../build/dashboard.ts'
import { demoParams } from './hosts.ts'
import { monitor } from './monitor.ts'
import { startOptions } from './options.ts'
import { phase } from './phase.ts'
import { type Demo, startDemo } from './start-demo.ts'

const DRILL = 'failover-friday-dns'
/** Long enough to see the question on the screen. */
const ANSWER_AFTER_MS = 2_000
/** How long an aborted run may take to be rolled back and recorded. */
const FOLLOW_MS = 30_000
/** For what was printed to be written. */
const LAST_MS = 2_000
const terminal = processTerminal()
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.abort())

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof CommanderError && error.exitCode === 0)) explain(error)
}
// What did not end in time was named, and must not keep this process.
setTimeout(() => process.exit(), LAST_MS).unref()

async function main(): Promise<number> {
  const options = startOptions(process.argv.slice(2))
  const folder = resolve(options.folder)
  const hostsBefore = await readFile('/etc/hosts')
  await using demo = await startDemo({
    ...{ folder: join(folder, 'demo'), port: options.port, say: terminal.out },
    prepare: () => phase(terminal.out, 'Building the dashboard', prepareDashboard),
  })
  if (ending.signal.aborted) return ExitCode.couldNotRun
  await watchPrimary(demo)
  const code = await failoverFriday(demo, folder)
  const same = hostsBefore.equals(await readFile('/etc/hosts'))
  terminal.out(`This machine's own /etc/hosts is ${same ? 'byte for byte as it was' : 'CHANGED'}.`)
  if (options.once || ending.signal.aborted) return same ? code : ExitCode.failed
  terminal.out(`\nDashboard: ${demo.url}  user: admin  one-time password: ${demo.password ?? '(already changed)'}`)
  terminal.out('Press Ctrl-C to end; everything is rolled back first.')
  await new Promise<void>((done) => onEnding(done))
  return ExitCode.ok
}

async function prepareDashboard(): Promise<void> {
  await buildDashboard().catch((error: unknown) => {
    terminal.err(`The dashboard could not be built, the drill runs without it: ${sentenceOf(error).split('\n')[0]}`)
  })
}

/** The company's monitoring system: it reports in every run of the drill, also in those that a person starts. */
async function watchPrimary({ url, place, controller }: Demo): Promise<void> {
  const { clientId } = await controller.store.clients.first()
  const alertUrl = `${url}/api/v1/alerts/${controller.context.alerts.secretFor(clientId, DRILL)}`
  monitor({ address: place.primary, port: place.port }, alertUrl, ending.signal)
}

/** Plans, shows the plan, runs and follows the drill, and keeps the record as a file. */
async function failoverFriday({ url, place, controller }: Demo, folder: string): Promise<number> {
  const { context, store } = controller
  const { clientId } = await store.clients.first()
  const plan = await context.plan({ drill: DRILL, params: demoParams(place) }, clientId)
  terminal.out(`\n${planPage(plan)}\n`)
  const unlisten = answerQuestions(controller)
  try {
    const row = await context.runs.start({ planId: plan.planId, digest: plan.digest }, clientId, 'demo')
    onEnding(() => void abort(controller, row.runId))
    const session = { url, token: await demoToken(controller), caFile: null }
    const code = await followRun({ terminal, json: false, signal: afterEnding(FOLLOW_MS) }, session, row.runId)
    terminal.out(`Record: ${await keepRecord(controller, row.runId, folder)}`)
    return code
  } finally {
    unlisten()
  }
}

/** Fires some time after the demo was asked to end: a damaged store may never say that the run has ended. */
function afterEnding(ms: number): AbortSignal {
  const late = new AbortController()
  onEnding(() => setTimeout(() => late.abort(), ms).unref())
  return late.signal
}

/** Also where the demo was asked to end already. */
function onEnding(work: () => unknown): void {
  if (ending.signal.aborted) work()
  else ending.signal.addEventListener('abort', work, { once: true })
}

async function abort({ context }: Demo['controller'], runId: string): Promise<void> {
  await context.runs.abort(runId, 'demo', 'ended from the terminal').catch(() => undefined)
}

/** Nobody stands by in a demo: the record says so. */
function answerQuestions({ context }: Demo['controller']): () => void {
  return context.runBook.listen({
    fact: (runId, { fact }) => {
      if (fact.event.type !== 'question.asked') return
      const { stepId } = fact.event
      const answer = { answer: 'yes', note: 'answered by the demo itself; no person was asked' } as const
      const say = () =>
        context.runs.answer(runId, stepId, answer, 'demo').catch((error: unknown) => {
          terminal.err(`The demo could not answer a question: ${sentenceOf(error)}`)
        })
      setTimeout(say, ANSWER_AFTER_MS)
    },
  })
}

/** A log-in for this terminal alone: a user without a usable password. */
async function demoToken({ context, store }: Demo['controller']): Promise<string> {
  const { clientId } = await store.clients.first()
  const user = {
    userId: ulid(),
    clientId,
    name: 'demo',
    role: 'operator' as const,
    passwordHash: `none:${randomBytes(16).toString('hex')}`,
    mustChangePassword: false,
    sessionEpoch: 0,
  }
  await store.users.add(user)
  return context.auth.makeToken(user)
}

async function keepRecord({ store }: Demo['controller'], runId: string, folder: string): Promise<string> {
  const records = join(folder, 'records')
  await mkdir(records, { recursive: true })
  const file = join(records, `${runId}.jsonl`)
  const lines = await store.facts.linesOfRun(runId)
  await writeFile(file, lines.map(({ line }) => `${line}\n`).join(''))
  return file
}

function explain(error: unknown): void {
  process.exitCode = ExitCode.couldNotRun
  if (error instanceof CommanderError) return
  terminal.err(sentenceOf(error))
  if (!(error instanceof ChaosError)) return
  for (const { where, message } of error.items) terminal.err(`  ${where}: ${message}`)
}
