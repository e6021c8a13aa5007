export { Canary, ComparisonAnswer, DatabaseSeen, MOST_DIFFERENCES } from './answers.ts'
export { compareTrees, sha256Of } from './compare.ts'
export { answerOf } from './comparison/answer.ts'
export type { CompareOptions } from './comparison/comparison.ts'
export {
  ageOf,
  type BackupDriver,
  type DriverContext,
  driverOf,
  insideOf,
  repositoryNamed,
  type Snapshot,
} from './drivers/index.ts'
export type { WorkHost } from './work-host.ts'
