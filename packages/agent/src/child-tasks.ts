import type { Tasks } from './child/index.ts'

/** The work that child processes of this agent do. */
export const childTasks: Tasks = {
  echo: async () => async (input) => input,
  hardware: async () => (await import('./inventory/index.ts')).hardwareTask,
  look: async () => (await import('./look-task.ts')).lookTask,
}
