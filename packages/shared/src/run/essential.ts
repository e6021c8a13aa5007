import type { AgentEvent } from './event.ts'

/**
 * For each event of an agent: is it needed to say what was done to a host, and whether it came back? A new event has to
 * answer this here, or nothing compiles.
 *
 * `inject.armed` is not: nothing is changed yet, and an agent that has no room for it must not go on to change something.
 */
const ESSENTIAL: Readonly<Record<AgentEvent['type'], boolean>> = {
  'agent.started': false,
  refused: false,
  'inject.armed': false,
  'inject.begun': true,
  'inject.injected': true,
  'inject.failed': true,
  'effect.lost': true,
  'revert.begun': true,
  'revert.ended': true,
  'lease.lost': true,
  'probe.changed': false,
  'probe.ended': true,
  'exercise.phase': false,
  'exercise.ended': true,
}

/**
 * Is this event kept where room is short? The agent's outbox writes it into the room set aside, and the controller takes
 * it beyond a host's share of a run, so that the record of what was done stays whole.
 */
export function isEssential({ type }: Pick<AgentEvent, 'type'>): boolean {
  return Object.hasOwn(ESSENTIAL, type) && ESSENTIAL[type]
}
