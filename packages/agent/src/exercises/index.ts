import { backupRestore } from './backup-restore.ts'
import type { Exercise } from './exercise.ts'

export * from './exercise.ts'

/** Every exercise that this agent knows. */
export const exercises: readonly Exercise[] = [backupRestore]
export { endExercises, type Which } from './child/running.ts'
export { wipeFolder } from './wipe.ts'
