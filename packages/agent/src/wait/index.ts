export { atDeadline, type DeadlineClock, remainingMs } from './deadline.ts'
export { settledAfter, settledWithin } from './within.ts'
