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

/** Both sides send a ping this often (WebSocket control frames, RFC 6455, section 5.5.2). */
export const PING_EVERY_MS = 5_000
/** A connection on which nothing came for so long is closed: three times `PING_EVERY_MS`. */
export const SILENT_AFTER_MS = 15_000

/** How often an agent asks for the lease of a run, while a failure is in place. */
export const LEASE_EVERY_MS = 3_000
/**
 * How long a lease is good, from when it was asked for and not from when the answer came: three requests may get lost.
 */
export const LEASE_TTL_MS = 10_000
