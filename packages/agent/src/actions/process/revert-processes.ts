import { ChaosError, type Compared } from '@chaos-lite/shared'
import type { ProcessView } from '../../host/index.ts'
import { item } from '../../host/index.ts'
import { lookUntil } from '../../wait/index.ts'
import type { ActionContext, Standing } from '../action.ts'
import { ours, readLate, writeLate } from './late.ts'
import { isMeant, isSame, mostProcesses, nameOf, type ProcessUndo, type Suspended } from './process-undo.ts'
import { fitOf } from './read.ts'

/** A process that just waits for its disk is suspended only when the disk has answered. */
const settleMs = 5000
const lookEveryMs = 20
/** A program that starts new ones all the time cannot be suspended as a whole. */
const rounds = 5

type Found = { readonly was: Suspended; readonly now: ProcessView | null }

async function find(context: ActionContext, undo: ProcessUndo) {
  const [views, late] = await Promise.all([context.host.processes.views(), readLate(context.recordFolder)])
  const alive = views.filter(({ state }) => state !== 'ended')
  const found: readonly Found[] = ours(undo, late).map((was) => ({
    was,
    now: alive.find((one) => isSame(one, was)) ?? null,
  }))
  const strangers = alive.filter((one) => isMeant(undo.meant, one) && !found.some(({ was }) => isSame(was, one)))
  return { found, late, strangers: strangers.filter(({ state }) => state === 'runs') }
}

/** Suspends all of them, parents first, and what they started in the meantime. */
export async function suspend(context: ActionContext, undo: ProcessUndo): Promise<void> {
  const { host, signal, recordFolder } = context
  for (let round = 1; round <= rounds; round += 1) {
    const { found, late, strangers } = await find(context, undo)
    const ended = round === 1 ? found.filter(({ now }) => now === null).map(({ was }) => was) : []
    const added = fitOf(strangers, undo.meant)
    if (late.added.length + added.length > mostProcesses) break
    if (ended.length + added.length > 0) {
      await writeLate(recordFolder, { ended: [...late.ended, ...ended], added: [...late.added, ...added] })
    }
    const due = [...found.filter(({ now }) => now?.state === 'runs').map(({ was }) => was), ...added]
    if (due.length === 0) return
    for (const each of due) {
      signal.throwIfAborted()
      await host.processes.signal(each, 'suspend')
    }
    await settled(context, undo)
  }
  throw new ChaosError('timed-out', `${nameOf(undo.meant)} starts new processes faster than they can be suspended.`)
}

async function settled(context: ActionContext, undo: ProcessUndo): Promise<void> {
  const { host, signal } = context
  await lookUntil(
    () => find(context, undo),
    ({ found }) => found.every(({ now }) => now?.state !== 'runs'),
    { everyMs: lookEveryMs, withinMs: settleMs, monoMs: () => host.clock.monoMs(), signal },
  )
}

/** After: all are suspended, and nobody suspended another one. Conflict: some are, or one is not to be found. */
export async function processStanding(context: ActionContext, undo: ProcessUndo): Promise<Standing> {
  // Nothing stays suspended over a restart of the machine.
  if (context.host.clock.bootId !== undo.bootId) return 'before'
  const { found, strangers } = await find(context, undo)
  const suspended = found.filter(({ now }) => now?.state === 'suspended').length
  if (found.length > 0 && suspended === found.length) return strangers.length > 0 ? 'conflict' : 'after'
  return suspended === 0 && found.every(({ now }) => now !== null) ? 'before' : 'conflict'
}

/** With some of them ended by somebody else, those that are left may still hang, and nobody serve in their place. */
export async function hangsStill(context: ActionContext, undo: ProcessUndo): Promise<boolean> {
  const { found, strangers } = await find(context, undo)
  const left = found.filter(({ now }) => now !== null)
  return left.length > 0 && strangers.length === 0 && left.every(({ now }) => now?.state === 'suspended')
}

/** Lets go on what we suspended and what is still there. What somebody ended, let go on or started is left. */
export async function letGoOn(
  context: ActionContext,
  undo: ProcessUndo,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { host } = context
  const what = nameOf(undo.meant)
  if (host.clock.bootId !== undo.bootId) {
    const compared = [item(`processes of ${what} that are suspended`, 'none', 'none: the machine was restarted')]
    return { compared: compared.map((each) => ({ ...each, same: true })), kept: [] }
  }
  const before = await find(context, undo)
  for (const { was, now } of before.found) {
    if (now?.state === 'suspended') await host.processes.signal(was, 'continue')
  }
  const { found } = await find(context, undo)
  const stuck = found.filter(({ now }) => now?.state === 'suspended').map(({ was }) => `${was.name} (${was.pid})`)
  if (stuck.length > 0)
    throw new ChaosError('tool-failed', `${stuck.join(', ')} received the signal to continue and did not.`)
  return {
    compared: found.map(({ was, now }) => item(`process ${was.pid} (${was.name})`, 'runs', now?.state ?? 'ended')),
    kept: keptOf(found, before.strangers, what),
  }
}

function keptOf(found: readonly Found[], strangers: readonly ProcessView[], what: string): readonly string[] {
  const ended = found.filter(({ now }) => now === null)
  const named = (all: readonly Pick<Suspended, 'pid' | 'name'>[]) =>
    all
      .map(({ pid, name }) => `${name} (${pid})`)
      .join(', ')
      .slice(0, 300)
  return [
    ...(ended.length === 0 ? [] : [`Ended by somebody else meanwhile: ${named(ended.map(({ was }) => was))}.`]),
    ...(strangers.length === 0
      ? []
      : [`Started by somebody else as ${what} meanwhile, and left running: ${named(strangers)}.`]),
  ]
}
