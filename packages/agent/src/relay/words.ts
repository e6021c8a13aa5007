/*
 * How the lines begin that the relay writes into the log of the system when the controller has let this host in, when
 * that connection has ended, and when the host was revoked. `doctor` reads there since when the link is up.
 */
export const LINK_IS_OPEN = 'The link is open'
export const LINK_HAS_ENDED = 'The link has ended'
export const HOST_WAS_REVOKED = 'This host was revoked'
