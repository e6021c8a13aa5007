import { type Message, saying, underCodes } from '@chaos-lite/shared/words'
import type { FilterUndo } from './filter.ts'
import { filterWords } from './words.en.ts'

const PLACE = 'action.network'
const say = saying(PLACE, filterWords)

/** What is the same of everything that a packet filter stops. */
export const filterTexts = underCodes(PLACE, filterWords)

/** Names, not addresses: those of a controller behind several may come in another order. */
export function explainAdmitted({ links, wall }: Pick<FilterUndo, 'links' | 'wall'>): Message {
  const controllers = links.map(({ host, port }) => `${host} port ${port}`).join(', ')
  const sshPorts = wall.admit.sshPorts.map(String)
  return say('admitted', { controllers: controllers === '' ? 'none' : controllers, sshPorts })
}

/** The end of each explanation of a packet filter: by which means it works, and how it is rolled back. */
export const explainFilterRollback: readonly Message[] = [say('means'), say('rollback')]
