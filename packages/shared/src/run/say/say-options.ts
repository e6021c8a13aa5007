/** How sentences about a run write times, which each reader wants in another zone. Default: UTC. */
export interface SayOptions {
  /** The time of day to the minute, with its zone: `14:03 UTC`. */
  readonly minute?: (ms: number) => string
  /** Date and time, with its zone: `2026-11-30 08:19:54 UTC`. */
  readonly instant?: (ms: number) => string
}
