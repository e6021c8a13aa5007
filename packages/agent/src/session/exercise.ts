import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type AgentEvent, ChaosError, formatDuration, issuesText, type Params, sentenceOf } from '@chaos-lite/shared'
import { findAction, undoOf } from '../actions/index.ts'
import type { Prepared } from '../engine/index.ts'
import { explanationDigest, HaltWatch, sentencesOf } from '../engine/index.ts'
import { type Exercise, type ExerciseContext, failedExercise, wipeFolder } from '../exercises/index.ts'
import type { RecordHead } from '../journal/index.ts'
import { makeFolders } from '../small-files/index.ts'
import { oneLine } from '../text/index.ts'
import type { SessionDeps } from './deps.ts'

const PREPARE_MS = 30_000
/** After its time is up, an exercise gets this long to clean up and return. */
const GRACE_MS = 10_000
const PREFIX = 'exercise-'
const WIPE_MS = 60_000

/** Which exercise to plan or to perform. Parameters are as they came from the controller: not yet checked. */
export interface ExerciseRequest {
  readonly name: string
  readonly params: Params
  /** Null while it is only planned. */
  readonly runId: string | null
  readonly stepId: string
}

/** In the menu, well-formed, possible on this host, allowed by its owner. */
async function admit(deps: SessionDeps, request: ExerciseRequest): Promise<{ exercise: Exercise; params: unknown }> {
  const exercise = deps.exercises.find(({ name }) => name === request.name)
  if (!exercise) {
    const known = deps.exercises.map(({ name }) => name).join(', ')
    throw new ChaosError(
      'capability-missing',
      `This agent knows no exercise ${oneLine(request.name, 64)}. It knows: ${known}.`,
    )
  }
  const parsed = exercise.params.safeParse(request.params)
  if (!parsed.success) {
    throw new ChaosError('param-invalid', `${exercise.name}: ${issuesText(parsed.error, 'the whole')}.`)
  }
  const can = await deps.host.abilities()
  const missing = exercise.needs.find((need) => can.get(need)?.has !== true)
  if (missing !== undefined) {
    const why = can.get(missing)?.why ?? `it offers no ${missing}`
    throw new ChaosError('capability-missing', `This host cannot do ${exercise.name}: ${why}`)
  }
  const policy = await deps.policy()
  const ruling = policy.allows({
    kind: 'exercise',
    name: exercise.name,
    harmless: false,
    questions: exercise.asks(parsed.data),
    wallMs: deps.host.clock.wallMs(),
  })
  if (!ruling.allowed) throw new ChaosError('policy-refused', ruling.reason, { rule: ruling.rule })
  return { exercise, params: parsed.data }
}

/** What an exercise would read, write and wipe. Nothing is changed by asking. @throws ChaosError */
export async function prepareExercise(deps: SessionDeps, request: ExerciseRequest): Promise<Prepared> {
  await deps.engine.refuseWhenHalted()
  const { exercise, params } = await admit(deps, request)
  await using place = await makePlace(deps, request)
  const context = { ...(await contextOf(deps, request, place.folder)), signal: AbortSignal.timeout(PREPARE_MS) }
  const messages = await exercise.prepare(context, params)
  const digest = explanationDigest({ action: exercise.name, params, touches: [], messages, effect: null })
  const sentences = sentencesOf(messages, exercise.words)
  return { touches: [], sentences, messages, injectMs: 0, revertMs: 0, digest, effect: null }
}

/** An exercise at work. `ended` never rejects: how it ended is a fact. */
export interface RunningExercise {
  readonly stepId: string
  /** Ends it early. */
  stop(): void
  readonly ended: Promise<void>
}

/** Begins an exercise of a run; how it goes is reported by facts. @throws ChaosError when it may not or cannot begin */
export async function startExercise(
  deps: SessionDeps,
  request: ExerciseRequest & { readonly runId: string; readonly withinMs: number },
  report: (event: AgentEvent) => void,
): Promise<RunningExercise> {
  await prepareExercise(deps, request)
  const admitted = await admit(deps, request)
  const stop = new AbortController()
  const watch = watchForHalt(deps, stop)
  const ended = perform(deps, request, admitted, stop, report).finally(() => watch.stop())
  return { stepId: request.stepId, stop: () => stop.abort(new Error('stopped')), ended }
}

/** The halt file stops everything on this host, whoever laid it down and however. */
function watchForHalt(deps: SessionDeps, stop: AbortController): HaltWatch {
  const watch = new HaltWatch({
    isHalted: async () => (await deps.engine.standings()).halted,
    isBusy: () => !stop.signal.aborted,
    onHalt: async () => stop.abort(new Error('This host was halted')),
    warn: deps.warn,
  })
  watch.wake()
  return watch
}

async function perform(
  deps: SessionDeps,
  request: ExerciseRequest & { readonly runId: string; readonly withinMs: number },
  { exercise, params }: { exercise: Exercise; params: unknown },
  stop: AbortController,
  report: (event: AgentEvent) => void,
): Promise<void> {
  const { runId, stepId, withinMs } = request
  const { clock } = deps.host
  const beganMs = clock.monoMs()
  const phases: { phase: string; tookMs: number }[] = []
  const phase = (name: string, took: number) => {
    const one = { phase: oneLine(name, 64), tookMs: Math.max(0, Math.round(took)) }
    phases.push(one)
    report({ type: 'exercise.phase', runId, stepId, ...one })
  }
  const timer = setTimeout(() => stop.abort(new Error(`not done within ${formatDuration(withinMs)}`)), withinMs)
  const result = await (async () => {
    await using place = await makePlace(deps, request)
    const context = { ...(await contextOf(deps, request, place.folder)), signal: stop.signal, phase }
    stop.signal.throwIfAborted()
    return await Promise.race([exercise.perform(context, params), givenUp(stop.signal)])
  })().catch((thrown: unknown) =>
    failedExercise(stop.signal.aborted ? sentenceOf(stop.signal.reason) : sentenceOf(thrown)),
  )
  clearTimeout(timer)
  report({
    type: 'exercise.ended',
    runId,
    stepId,
    ok: result.ok,
    reason: result.reason === null ? null : oneLine(result.reason, 1024),
    totalMs: Math.max(0, Math.round(clock.monoMs() - beganMs)),
    phases: phases.slice(0, 32),
    items: result.items,
    differences: result.differences.slice(0, 50).map((text) => oneLine(text, 512)),
    differenceCount: result.differenceCount,
    notCompared: result.notCompared.slice(0, 16),
    dataAgeMs: result.dataAgeMs === null ? null : Math.max(0, Math.round(result.dataAgeMs)),
    canary: result.canary,
  })
}

/** Rejects some time after the signal: an exercise that does not listen must not hold the run. */
function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const begin = () => setTimeout(() => reject(signal.reason), GRACE_MS).unref()
    if (signal.aborted) begin()
    else signal.addEventListener('abort', begin, { once: true })
  })
}

/** A folder that this run moved aside, as its undo record says. @throws ChaosError when that cannot be read */
function movedAside({ head, folder: recordFolder }: { readonly head: RecordHead; readonly folder: string }) {
  const action = findAction(head.action)
  const aside = action?.movesAside?.(undoOf(action, head))
  return aside === undefined ? [] : [{ ...aside, recordId: head.recordId, recordFolder }]
}

async function contextOf(
  deps: SessionDeps,
  { runId }: ExerciseRequest,
  scratchFolder: string,
): Promise<Omit<ExerciseContext, 'phase' | 'signal'>> {
  const { records } = await deps.engine.standings()
  const held = records
    .filter(({ head, state }) => runId !== null && head.runId === runId && state === 'injected')
    .flatMap(movedAside)
  return {
    host: deps.host,
    local: deps.local,
    scratchFolder,
    ...(deps.running === undefined ? {} : { running: { folder: deps.running, runId } }),
    quarantine: (folder) => held.find((one) => one.folder === folder) ?? null,
  }
}

async function makePlace(deps: SessionDeps, { runId, stepId }: ExerciseRequest) {
  const folder = join(deps.scratch, `${PREFIX}${runId ?? 'plan'}-${stepId}-${deps.host.clock.monoMs().toFixed(3)}`)
  await makeFolders(folder)
  return { folder, [Symbol.asyncDispose]: () => wipeFolder(folder) }
}

/** Wipes what exercises of a killed agent left in the scratch space. */
export async function wipeScratch(
  scratch: string,
  warn: (message: string, cause: unknown) => void = () => undefined,
): Promise<void> {
  const names = await readdir(scratch).catch(() => [] as string[])
  for (const name of names.filter((one) => one.startsWith(PREFIX))) {
    // An agent that cannot wipe must start all the same: there may be something to roll back.
    await wipeFolder(join(scratch, name), WIPE_MS).catch((thrown: unknown) => warn('wiping the scratch space', thrown))
  }
}
