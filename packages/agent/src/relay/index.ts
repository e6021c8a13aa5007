export { type Relay, type RelayLog, type RelayOptions, startRelay } from './relay.ts'
