export { FairQueue } from './fair-queue.ts'
export { type ReadDrill, tasks } from './tasks.ts'
export { OWN_WORK, type Workers, WorkPool } from './work-pool.ts'
