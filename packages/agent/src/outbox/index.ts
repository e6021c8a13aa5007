export { type BrokenLine, EpochReader, type PendingFact } from './epoch-reader.ts'
export { digestOf } from './fact-line.ts'
export { createOutbox, type Outbox, type OutboxOptions, type OutboxReader } from './outbox.ts'
