// How the lines begin that the relay writes into the log of the system. `doctor` reads there since when the link is up.

/** The controller has let this host in. */
export const LINK_IS_OPEN = 'The link is open'
/** That connection is over; the reason follows. */
export const LINK_HAS_ENDED = 'The link has ended'
/** The controller will not let this host in again. */
export const HOST_WAS_REVOKED = 'This host was revoked'
