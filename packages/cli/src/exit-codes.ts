/** What the exit code says. Documented in `--help` and in docs/reference/cli.md. */
export const ExitCode = {
  /** Done; for a run: it passed. */
  ok: 0,
  /** The run failed, was aborted, skipped or missed; the drill has mistakes; the plan was refused. */
  failed: 1,
  /** It could not be done at all: bad usage, no link to the controller, not logged in. */
  couldNotRun: 2,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
