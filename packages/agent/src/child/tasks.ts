/** Tells the agent something before the answer is there, such as progress. Plain JSON. */
export type Report = (news: unknown) => void

/** One kind of work that a child process of this agent does: plain JSON in, plain JSON out. What it throws is reported. */
export type Task = (input: unknown, report: Report) => Promise<unknown>

/** By name, loaded when a child is started for it. A task judges its input itself, as whatever comes from outside. */
export interface Tasks {
  /** Answers with what it was asked: shows that children can be started here. */
  echo(): Promise<Task>
  /** Reads what this machine is made of. */
  hardware(): Promise<Task>
  /** One look with a probe. */
  look(): Promise<Task>
}

/** Which task a child runs: it is given the name, never code. */
export type TaskName = keyof Tasks
