export { type BrokenLine, EpochReader, type PendingFact } from './epoch-reader.ts'
export { digestOf } from './fact-line.ts'
export { createOutbox } from './outbox.ts'
export type { Outbox, OutboxOptions, OutboxReader, Resumed } from './port.ts'
