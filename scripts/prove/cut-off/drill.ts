import { setTimeout as pause } from 'node:timers/promises'
import { LEASE_TTL_MS } from '@chaos-lite/shared'
import type { Cut } from '../schedule.ts'
import type { Known, Steering, Wanted } from './steering.ts'

const LOOK_EVERY_MS = 5
/** After the lease: for the slowest action on a busy machine. */
const PUT_BACK_MS = 60_000
/** The same where the agent is struck: every program that it calls may end at the same call, and then it waits for better times. */
const STRUCK_MS = 5_000

/** The host as a drill over the link needs it. */
export interface Linked {
  readonly steering: Steering
  readonly known: Known
  /** Something else happens to the agent: that it rolls back by itself cannot be asked of it. */
  readonly struck: boolean
  /** The newest open record of the journal. */
  newestRecord(): Promise<string | null>
  /** From now on nothing passes between host and controller. */
  cutOff(): Promise<void>
}

/**
 * Has the controller start a failure, and cuts it off at the moment that was drawn. Nobody renews the lease: the host
 * must roll itself back. @returns what is wrong when it does not, or null. @throws when the agent ends meanwhile
 */
export async function drill(linked: Linked, wanted: Wanted, cut: Cut, over: AbortSignal): Promise<string | null> {
  const { steering, known, struck, newestRecord, cutOff } = linked
  await steering.online(known.hostId, over)
  const inject = await steering.plan(known.hostId, wanted, over)
  const lapses = performance.now() + LEASE_TTL_MS
  const injected = inject()
  // Cut off, it is never answered.
  injected.catch(() => undefined)
  if (cut === 'held') await injected
  if (cut === 'injecting') await Promise.race([injected, whenTrue(async () => (await newestRecord()) !== null, over)])
  await cutOff()
  await pause(Math.max(0, lapses - performance.now()), null, { signal: over })
  const by = performance.now() + (struck ? STRUCK_MS : PUT_BACK_MS)
  const isBack = async () => (await newestRecord()) === null || performance.now() > by
  await whenTrue(isBack, over)
  return !struck && performance.now() > by ? 'The lease ended, and the host did not roll itself back.' : null
}

async function whenTrue(look: () => Promise<boolean>, over: AbortSignal): Promise<void> {
  while (!(await look())) await pause(LOOK_EVERY_MS, null, { signal: over })
}
