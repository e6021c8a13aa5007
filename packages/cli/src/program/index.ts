export type { Making } from './making.ts'
export { addRuns } from './runs.ts'
