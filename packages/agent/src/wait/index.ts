export { atDeadline, type DeadlineClock, remainingMs } from './deadline.ts'
export { type Looking, lookUntil } from './look-until.ts'
export { settledAfter, settledWithin } from './within.ts'
