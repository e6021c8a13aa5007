export type { Lookers } from './lookers.ts'
export type { Task, Tasks } from './tasks.ts'
