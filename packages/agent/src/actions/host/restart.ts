import type { Compared } from '@chaos-lite/shared'
import { ChaosError, durationMs, durationText, line, PlainDuration } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import type { Host } from '../../host/index.ts'
import { refuseControllersHost } from '../../protected/index.ts'
import { type ActionContext, defineAction, type Reverted } from '../action.ts'
import { outcomeOf } from '../outcome.ts'
import { words } from './words.en.ts'

const PLACE = 'action.host.restart'
const say = saying(PLACE, words)

const Params = z.strictObject({
  backWithin: PlainDuration.optional().describe('How long the host may take until its services run again; default: 5m'),
})

const Undo = z.strictObject({
  bootId: line(64),
  services: z.array(line(256)).max(500).describe('What ran before and has to run again'),
  backWithinMs: z.int().min(1_000).max(3_600_000),
})
type Undo = z.infer<typeof Undo>

/** So that the word of it leaves the host first. */
const AFTER_MS = 1_000
const BACK_MS = 300_000
const MOST_BACK_MS = 3_600_000

/**
 * The host restarts, once. There is nothing to undo but to see: it is up with another boot id, and the services that ran
 * before run again. The record stays open while the host is down; the boot rolls it back.
 */
export const hostRestart = defineAction({
  name: 'host.restart',
  words: underCodes(PLACE, words),
  summary: 'Restarts the host, and sees to it that the services that ran before run again.',
  needs: ['restart'],
  params: Params,
  undo: { 1: Undo },
  says: 'the host restarted',
  restartsHost: true,
  takesHostAway: true,
  touches: () => ['host'],
  // Nothing but the action itself: there is no part of a host that could be named.
  asks: () => [],
  prepare: async ({ host, signal }, { backWithin }) => {
    await refuseControllersHost(host, signal)
    const why = await host.machine.blocker()
    if (why !== null) throw new ChaosError('wrong-state', `It must not be restarted now. ${why}`)
    const backWithinMs = Math.min(MOST_BACK_MS, Math.max(1_000, durationMs(backWithin ?? '') ?? BACK_MS))
    return { bootId: host.clock.bootId, services: [...(await host.machine.running())], backWithinMs }
  },
  explain: (_, { backWithinMs }) => [
    say('restarts'),
    say('rollback', { within: durationText(backWithinMs) }),
    say('person'),
  ],
  effect: () => null,
  budgets: ({ backWithinMs }) => ({ injectMs: 15_000, revertMs: backWithinMs + 30_000 }),
  inject: ({ host, recordId }) => host.machine.restart(recordId, AFTER_MS),
  verify: async ({ host, recordId }, { bootId }) => {
    if (host.clock.bootId !== bootId) return 'before'
    const comes = (await host.machine.isWaiting(recordId)) || (await host.machine.isGoingDown(recordId))
    return comes ? 'after' : 'before'
  },
  untilBoot: ({ host, recordId }, { bootId }) =>
    host.clock.bootId === bootId ? host.machine.isGoingDown(recordId) : Promise.resolve(false),
  revert: async (context, undo) =>
    context.host.clock.bootId === undo.bootId ? takeBack(context, undo) : bringBack(context.host, undo, context.signal),
  byHand: ({ services }) => [
    'Switch the host on. When it is up: systemctl --failed',
    `These services ran before: ${services.join(' ').slice(0, 1500)}. Start those that do not: systemctl start NAME`,
  ],
})

/** It never went down: then nothing is to be rolled back but the restart itself. */
async function takeBack({ host, recordId }: ActionContext, { bootId }: Undo): Promise<Reverted> {
  await host.machine.cancel(recordId)
  if (await host.machine.isGoingDown(recordId)) {
    throw new ChaosError('wrong-state', 'The host is going down: it can be rolled back when it is up again.')
  }
  return outcomeOf([{ item: 'the restart', before: 'none', now: `none (boot ${bootId})`, same: true }], [])
}

async function bringBack(host: Host, { bootId, services }: Undo, signal: AbortSignal): Promise<Reverted> {
  const now = await host.machine.bringBack(services, signal)
  const up = {
    item: `the host is up (boot ${bootId} before, ${host.clock.bootId} now)`,
    before: 'up',
    now: 'up',
    same: true,
  }
  const compared: Compared[] = now.map(({ name, state }) => ({
    ...{ item: name, before: 'active', now: state, same: state === 'active' },
  }))
  return outcomeOf([up, ...compared], [])
}
