/** The WebSocket subprotocol; its version changes with any frame that an older peer would misread. */
export const SUBPROTOCOL = 'chaos-lite.v2'

/** Where agents connect. A path of its own: no cookies are read there. */
export const AGENT_PATH = '/agent'

/** The longest frame either side accepts. */
export const MAX_FRAME_BYTES = 256 * 1024

/** How long a fresh connection may take to prove who it is. */
export const HANDSHAKE_MS = 10_000
/** How long it may take until its first frame: an agent sends it as soon as it is connected. */
export const FIRST_FRAME_MS = 2_000

/** Both sides ping this often and close a link that has been silent for three of these. */
export const PING_EVERY_MS = 5_000
export const SILENT_AFTER_MS = 15_000

/** A run's lease: the agent asks for it this often, and it is good for `LEASE_TTL_MS` from when it was asked for. */
export const LEASE_EVERY_MS = 3_000
export const LEASE_TTL_MS = 10_000
