export type { RelayOptions } from './options.ts'
export { type Relay, startRelay } from './relay.ts'
export { HOST_WAS_REVOKED, LINK_HAS_ENDED, LINK_IS_OPEN } from './words.ts'
