/*
 * How the lines begin that the relay writes into the log of the system when the controller has let this host in, and when
 * that connection has ended. `doctor` reads there since when the link is up.
 */
export const LINK_IS_OPEN = 'The link is open'
export const LINK_HAS_ENDED = 'The link has ended'
