export type { RelayLog, RelayOptions } from './options.ts'
export { type Relay, startRelay } from './relay.ts'
