export { headlineAt } from './headline.ts'
export { backWords, meanwhileWords, timerWords } from './headline-words.ts'
export { KIND_WORDS } from './kind-words.ts'
export {
  effectOf,
  headlineOf,
  OUTCOME,
  PHASES,
  phaseWords,
  RESTORATION,
  restorationOf,
  stageOf,
  statusOf,
  type Tone,
} from './run-words.ts'
