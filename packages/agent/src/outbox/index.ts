export { type BrokenLine, EpochReader, type PendingFact } from './epoch-reader.ts'
export { digestOf } from './fact-line.ts'
export { createOutbox } from './outbox.ts'
export { FalseAcknowledgement, type Outbox, type OutboxOptions, type OutboxReader, type Resumed } from './port.ts'
