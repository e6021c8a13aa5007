import { saying, underCodes } from '@chaos-lite/shared/words'
import { words } from './words.en.ts'

const PLACE = 'action.resolver.switch'

export const say = saying(PLACE, words)
export const texts = underCodes(PLACE, words)
