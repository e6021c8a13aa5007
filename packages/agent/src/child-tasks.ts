import type { Tasks } from './child/index.ts'

/** The work that child processes of this agent do. */
export const childTasks: Tasks = {
  echo: async () => async (input) => input,
  look: async () => (await import('./look-task.ts')).lookTask,
}
