import { setTimeout as sleep } from 'node:timers/promises'
import { ChaosError, formatDuration, type RevertCause, sentenceOf } from '@chaos-lite/shared'
import type { Prepared, RevertOutcome } from '../engine/index.ts'
import type { JournalRecord } from '../journal/index.ts'
import { type Agent, EXIT, type ExitCode, type Terminal, type World } from '../world.ts'
import { type EffectLook, effectLook, type Seen } from './effect.ts'
import { beginRehearsing } from './rehearsing.ts'
import { linesOf } from './say.ts'

/** What `rehearse` is given. Without a controller there is no lease: the failure ends after `holdMs` at the latest. */
export interface RehearseOptions {
  readonly action: string
  readonly params: Readonly<Record<string, unknown>>
  readonly holdMs: number
  readonly yes: boolean
  readonly json: boolean
}

const LOOK_EVERY_MS = 100
const STEP_ID = 'rehearsal'

type Effect = 'proved' | 'not seen' | 'not applicable'

/** The action's own effect probe, and what it said before anything was touched. */
interface Watched {
  readonly expect: 'up' | 'down'
  readonly probe: string
  readonly look: EffectLook
  readonly before: Seen
}

/** One action on this host without a controller: shown, asked, injected, seen, held, rolled back, compared. */
export async function rehearse(world: World, options: RehearseOptions, terminal: Terminal): Promise<ExitCode> {
  // From here on the agent's service leaves to this process what it holds.
  using _rehearsing = await beginRehearsing(world.paths)
  await using agent = await world.agent()
  const say = (line: string) => (options.json ? undefined : terminal.out(line))
  const request = { action: options.action, params: options.params, holdMs: options.holdMs }
  const prepared = await agent.engine.prepare(request)
  for (const line of planLines(options, prepared, agent)) say(line)
  const [agreed] = await Promise.all([isAgreed(options, terminal), agent.engine.warm()])
  if (!agreed) {
    say('Nothing was touched.')
    return EXIT.couldNotRun
  }
  const watched = await watch(world, agent, prepared, terminal)
  const back = Promise.withResolvers<RevertOutcome>()
  agent.engine.onReverted(back.resolve)
  const lost: string[] = []
  agent.engine.onEffectLost((_recordId, reason) => lost.push(reason))
  const stop = stopping(agent)
  terminal.stop.addEventListener('abort', stop.onStop, { once: true })
  try {
    const ordered = { ...request, runId: null, stepId: STEP_ID, effectWaitMs: 0, onLinkLoss: 'hold' } as const
    const record = await agent.engine.inject({ ...ordered, explanationDigest: prepared.digest })
    say(`Started: ${options.action}; record ${record.head.recordId}`)
    // Another process may roll it back before anything was seen: that ends the looking as well.
    const over = backOrGone(agent, record, Promise.race([back.promise, stop.left(record)]))
    const effect = await seen(watched, over, say)
    const outcome = (await over) ?? (stop.isLeft() ? null : await endedElsewhere(agent, record, say))
    const [undone = null] = lost
    return verdict(options, { prepared, effect, outcome, reason: null, left: stop.isLeft(), undone }, terminal)
  } catch (thrown) {
    // Before `injecting` nothing was changed: the command could not run. After it, the outcome is part of the verdict.
    const outcome = await Promise.race([back.promise, Promise.resolve(null)])
    if (outcome === null) throw thrown
    return verdict(
      options,
      { prepared, effect: 'not seen', outcome, reason: sentenceOf(thrown), left: false, undone: null },
      terminal,
    )
  } finally {
    terminal.stop.removeEventListener('abort', stop.onStop)
  }
}

/** What Ctrl-C, and a machine that goes down, do: rolled back, or leave to the next boot what only that can roll back. */
function stopping(agent: Agent) {
  const left = Promise.withResolvers<null>()
  let recordId: string | null = null
  let isLeft = false
  const onStop = async () => {
    const outcomes = await agent.engine.revert({ runId: null }, 'by hand' satisfies RevertCause)
    if (outcomes.length > 0 || recordId === null || (await agent.journal.read(recordId)) === null) return
    isLeft = true
    left.resolve(null)
  }
  return {
    onStop: () => void onStop(),
    left(record: JournalRecord): Promise<null> {
      recordId = record.head.recordId
      return left.promise
    },
    isLeft: () => isLeft,
  }
}

function planLines(options: RehearseOptions, prepared: Prepared, agent: Agent): string[] {
  const worstMs = prepared.injectMs + options.holdMs + prepared.revertMs
  // Rounded up: a latest time is a promise.
  const latest = formatDuration(Math.ceil(worstMs / 1000) * 1000)
  const limit = agent.failsafe.survives === 'reboot' ? '' : ' It does not survive a restart of the machine.'
  return [
    `Rehearsal of ${options.action} on this host`,
    ...prepared.sentences.map((sentence) => `  - ${sentence}`),
    `  touches: ${prepared.touches.join(', ')}`,
    `  stays for ${formatDuration(options.holdMs)}; rolled back at the latest after ${latest}`,
    `  ${agent.failsafe.describe()}${limit}`,
  ]
}

async function isAgreed(options: RehearseOptions, terminal: Terminal): Promise<boolean> {
  if (options.yes) return true
  if (!terminal.interactive) throw new ChaosError('request-invalid', 'Nobody can be asked here: add --yes to go on.')
  return terminal.ask('Start it?')
}

async function watch(world: World, agent: Agent, prepared: Prepared, terminal: Terminal): Promise<Watched | null> {
  const spec = prepared.effect
  if (spec === null) return null
  const [policy, local] = await Promise.all([world.policy(), world.local()])
  const look = effectLook(spec, { host: agent.host, policy, local, apart: world.apart })
  return { expect: spec.expect, probe: spec.probe, look, before: await look(terminal.stop) }
}

/** Looks until the effect is there or the failure is gone. What was so before the failure proves nothing. */
async function seen(watched: Watched | null, back: Promise<unknown>, say: (line: string) => void): Promise<Effect> {
  if (watched === null) return 'not applicable'
  const { expect, probe, before } = watched
  if (before.status === expect) {
    say(`Not confirmed: the probe ${probe} said "${expect}" already before the failure`)
    return 'not seen'
  }
  const over = new AbortController()
  const stop = () => over.abort()
  back.then(stop, stop)
  let last = before
  while (!over.signal.aborted) {
    last = await watched.look(over.signal)
    if (over.signal.aborted) break
    if (last.status === expect) {
      say(`Confirmed: the probe ${probe} says "${expect}"${last.message === null ? '' : `: ${last.message}`}`)
      return 'proved'
    }
    await sleep(LOOK_EVERY_MS, null, { signal: over.signal }).catch(() => null)
  }
  say(
    `Not confirmed: the probe ${probe} never said "${expect}"; ${before.message ?? last.message ?? 'it gave no reason'}`,
  )
  return 'not seen'
}

/** The outcome; null when another process rolled the record back, so that we did not see how. */
async function backOrGone(
  agent: Agent,
  record: JournalRecord,
  back: Promise<RevertOutcome | null>,
): Promise<RevertOutcome | null> {
  const waiting = new AbortController()
  const gone = (async () => {
    while (!waiting.signal.aborted) {
      await sleep(500, null, { signal: waiting.signal }).catch(() => null)
      if ((await agent.journal.read(record.head.recordId)) === null) break
    }
    // Our own revert may just have closed it: its outcome comes at once then.
    return sleep(1_000, null)
  })()
  try {
    return await Promise.race([back, gone])
  } finally {
    waiting.abort()
  }
}

/** Another process rolled the record back, and left word of how the host stood then. */
async function endedElsewhere(
  { journal }: Agent,
  { head }: JournalRecord,
  say: (line: string) => void,
): Promise<RevertOutcome | null> {
  const restoration = await journal.ended(head.recordId)
  if (restoration !== 'identical' && restoration !== 'ours undone') return null
  say('Another process rolled it back.')
  const { recordId, runId, stepId, action } = head
  const kept = restoration === 'identical' ? [] : ['What somebody else changed meanwhile was kept.']
  const compared = [
    { item: `undo record ${recordId}`, before: 'as saved', now: 'as saved: compared by that process', same: true },
  ]
  return { recordId, runId, stepId, action, restoration, compared, kept, byHand: null }
}

interface Found {
  readonly prepared: Prepared
  readonly effect: Effect
  readonly outcome: RevertOutcome | null
  readonly reason: string | null
  readonly left: boolean
  /** How somebody else undid the failure during its hold; null where nobody did. */
  readonly undone: string | null
}

function verdict(options: RehearseOptions, found: Found, terminal: Terminal): ExitCode {
  const { prepared, effect, outcome, undone } = found
  const elsewhere = found.left ? 'The next boot of this host rolls it back.' : 'Another process rolled it back.'
  const lost = undone === null ? null : `The failure did not last: ${undone}.`
  const reason = found.reason ?? (outcome === null ? elsewhere : lost)
  const injected = found.reason === null
  // A failure that did not last proves nothing from then on.
  const ok = injected && effect !== 'not seen' && undone === null && outcome?.restoration === 'identical'
  if (options.json) {
    const { touches, sentences } = prepared
    const { restoration = 'unknown', compared = [], kept = [], byHand = null, recordId = null } = outcome ?? {}
    const back = { restoration, compared, kept, byHand, recordId }
    terminal.out(JSON.stringify({ ok, action: options.action, touches, sentences, injected, effect, ...back, reason }))
    return ok ? EXIT.ok : EXIT.failed
  }
  if (reason !== null) terminal.err(reason)
  for (const line of outcome === null ? [] : linesOf(outcome)) terminal.out(`Rolled back: ${line}`)
  const lasted = undone === null ? '' : ' but did not last'
  const what = `failure ${injected ? 'started' : 'not started'}${lasted}, confirmation ${effect}`
  terminal.out(`${ok ? 'PASSED' : 'FAILED'}: ${what}, host ${outcome?.restoration ?? 'unknown'}`)
  return ok ? EXIT.ok : EXIT.failed
}
