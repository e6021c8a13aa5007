import { saying, underCodes } from '@chaos-lite/shared/words'
import { loadWords } from './words.en.ts'

const PLACE = 'action.load'

/** What is the same of every load. */
export const sayLoad = saying(PLACE, loadWords)
/** The catalogue of `sayLoad`, which each action that uses it must carry. */
export const loadTexts = underCodes(PLACE, loadWords)
