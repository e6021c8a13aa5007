import { type Message, saying, underCodes } from '@chaos-lite/shared/words'
import type { Action } from '../actions/index.ts'
import { words } from './words.en.ts'

const PLACE = 'engine.restart'
const say = saying(PLACE, words)

/** The English of what the engine itself says about a failure, by code. */
export const restartTexts = underCodes(PLACE, words)

/** For the plan, the approval and UNDO.txt: what becomes of the failure when the host is restarted meanwhile. */
export function explainRestart({
  overRestart,
  bootPhase,
}: Pick<Action, 'overRestart' | 'bootPhase'>): readonly Message[] {
  if (overRestart === undefined) return []
  const key = { stays: 'stays', ends: 'ends', 'as set up': 'asSetUp' } as const
  return [say(key[overRestart], { when: bootPhase === 'early' ? 'early' : 'late' })]
}
