import { saying, underCodes } from '@chaos-lite/shared/words'
import { words } from './words.en.ts'

const PLACE = 'action.resolver.switch'

/** Writes a message of this action by its code. */
export const say = saying(PLACE, words)
/** The catalogue of `say`, which the action carries. */
export const texts = underCodes(PLACE, words)
