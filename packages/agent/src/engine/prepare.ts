import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError, issuesText } from '@chaos-lite/shared'
import type { Message } from '@chaos-lite/shared/words'
import { ulid } from 'ulid'
import type { Action, ActionContext } from '../actions/index.ts'
import { undoOf, writtenUndo } from '../actions/index.ts'
import { makeFolder } from '../durable/index.ts'
import type { Taken } from '../host/index.ts'
import type { Ruling } from '../policy/index.ts'
import { policyRefusal } from '../policy/index.ts'
import { readdir, stat } from '../small-files/index.ts'
import { refuseWhenHalted } from './admission.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import type { Prepared, PrepareRequest } from './engine.ts'
import { explanationDigest, sentencesOf } from './explanation.ts'
import { heldLately } from './held-lately.ts'
import { explainRestart, restartTexts } from './over-restart.ts'

const PREPARE_MS = 30_000
/** No run has this id: whatever was held lately belongs to another one. */
const ANY_RUN = 'none'
const PREFIX = 'prepare-'
/** Far beyond the time that any plan takes: nobody works in such a folder any more. */
const LEFTOVER_MS = 10 * PREPARE_MS

/** A prepared request together with what only the engine needs. */
export interface Preparation extends Prepared {
  readonly action: Action
  readonly params: unknown
  readonly undo: unknown
  /** What exceeds its bound now, so that it may not be started; null: nothing. */
  readonly beyond: { readonly text: string; readonly said: Message } | null
}

/** Is it in the menu, are its parameters right, can this host do it, does its owner allow it? Reads nothing else. */
export async function admit(
  deps: EngineDeps,
  request: PrepareRequest & { readonly runId?: string | null },
): Promise<{ action: Action; params: unknown }> {
  const action = actionNamed(deps, request.action)
  if (action === null) {
    const known = deps.actions.map((each) => each.name).join(', ')
    throw new ChaosError('capability-missing', `This agent knows no action "${request.action}". It knows: ${known}.`)
  }
  const parsed = action.params.safeParse(request.params)
  if (!parsed.success) {
    throw new ChaosError('param-invalid', `${action.name}: ${issuesText(parsed.error, 'the whole')}.`)
  }
  const can = await deps.host.abilities()
  for (const need of action.needs) {
    const ability = can.get(need)
    if (ability?.has !== true) {
      const why = ability?.why ?? 'it does not say why'
      throw new ChaosError('capability-missing', `${action.name} needs "${need}", which this host lacks: ${why}`)
    }
  }
  const ruling = await rulingOn(deps, action, parsed.data, request)
  if (!ruling.allowed) throw await policyRefusal(deps.host, ruling, deps.forOwner?.() ?? false)
  return { action, params: parsed.data }
}

/** What the owner says to it. With a `runId`, also to all that was held lately, apart from the failures of that run. */
async function rulingOn(
  deps: EngineDeps,
  action: Action,
  params: unknown,
  { holdMs, runId }: Pick<PrepareRequest, 'holdMs'> & { readonly runId?: string | null },
): Promise<Ruling> {
  return (await deps.policy()).allows({
    kind: 'action',
    name: action.name,
    harmless: false,
    questions: action.asks(params),
    holdMs,
    wallMs: deps.host.clock.wallMs(),
    ...(runId ? { lately: await heldLately(deps, runId) } : {}),
  })
}

/**
 * Asks everybody who may say no, then reads the host: what would be touched, and the undo record.
 * @throws ChaosError, and then nothing was changed
 */
export async function prepareFor(
  deps: EngineDeps,
  request: PrepareRequest,
  place: { readonly recordId: string; readonly folder: string; readonly signal?: AbortSignal },
): Promise<Preparation> {
  const { action, params } = await admit(deps, request)
  const deadline = AbortSignal.timeout(PREPARE_MS)
  const context: ActionContext = {
    host: deps.host,
    signal: place.signal === undefined ? deadline : AbortSignal.any([deadline, place.signal]),
    recordFolder: place.folder,
    recordId: place.recordId,
    held: await takenByOpenRecords(deps),
  }
  const read = await action.prepare(context, params)
  // Through JSON once: what will be read back after a crash is what is worked with from here on.
  const undo = writtenUndo(action, JSON.parse(JSON.stringify(read)))
  const touches = [...action.touches(params)]
  const messages = [...action.explain(params, undo), ...explainRestart(action)]
  const words = { ...action.words, ...restartTexts }
  const effect = action.effect(params, undo)
  const exceeded = action.beyond?.(params, undo) ?? null
  return {
    ...{ action, params, undo, touches, messages, effect, ...action.budgets(undo) },
    sentences: sentencesOf(messages, words),
    digest: explanationDigest({ action: action.name, params, touches, messages, effect }),
    beyond: exceeded && { text: sentencesOf([exceeded], words).join(), said: exceeded },
  }
}

/** `prepareFor` in a scratch folder that is wiped: for plans, and to show a person what would happen. */
export async function prepareOnly(deps: EngineDeps, { action, params, holdMs }: PrepareRequest): Promise<Prepared> {
  await makeFolder(deps.scratch)
  const folder = await mkdtemp(join(deps.scratch, PREFIX))
  try {
    await refuseWhenHalted(deps.haltFile)
    const found = await prepareFor(deps, { action, params, holdMs }, { recordId: ulid(), folder })
    const { touches, sentences, messages, injectMs, revertMs, digest, effect, beyond } = found
    const now = deps.forOwner?.() ? null : await rulingOn(deps, found.action, found.params, { holdMs, runId: ANY_RUN })
    return {
      touches,
      sentences,
      messages,
      injectMs,
      revertMs,
      digest,
      effect,
      notYet: now?.allowed === false ? now.reason : (beyond?.text ?? null),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Removes what killed processes left of their plans. Never throws. */
export async function sweepPrepared(scratch: string): Promise<void> {
  for (const name of await readdir(scratch).catch(() => [])) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(scratch, name)
    const ageMs = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (ageMs > LEFTOVER_MS) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

/**
 * What the failures that are open on this host take from people. An open record counts whatever the host's files show
 * now; one that this agent cannot read stops every inject by itself.
 */
async function takenByOpenRecords(deps: Pick<EngineDeps, 'actions' | 'journal'>): Promise<readonly Taken[]> {
  const { records } = await deps.journal.list()
  return records.flatMap(({ head }) => {
    const action = actionNamed(deps, head.action)
    return action?.takes === undefined ? [] : [...action.takes(undoOf(action, head))]
  })
}
