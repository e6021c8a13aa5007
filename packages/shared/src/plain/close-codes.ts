/** Why a link was closed. 4000–4999 is the range RFC 6455 leaves to applications. */
export const CloseCode = {
  malformedFrame: 4400,
  notAuthenticated: 4401,
  hostRevoked: 4403,
  handshakeTimeout: 4408,
  duplicateAgent: 4409,
  outOfOrder: 4412,
  frameTooLarge: 1009,
  tooManyFrames: 4429,
  enrolmentRefused: 4430,
  replaced: 4431,
  putBack: 4432,
  brokenSeal: 4433,
  shuttingDown: 1001,
  internal: 1011,
  tryLater: 1013,
} as const
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]

/** What each close code says to a person. */
export const closeReasons: Readonly<Record<CloseCode, string>> = {
  1001: 'The other side is shutting down; try again later',
  1009: 'A frame was larger than 256 KiB',
  1011: 'The other side failed; see its log',
  1013: 'The other side has no room now; try again later',
  4400: 'A frame was malformed or of an unknown type',
  4401: 'The other side did not prove its identity',
  4403: 'This host was revoked by an administrator',
  4408: 'The handshake took longer than ten seconds',
  4409: 'A second agent connected with the same key',
  4412: 'A frame came where the protocol does not allow it',
  4429: 'Too many frames in too short a time',
  4430: 'The enrolment token was refused',
  4431: 'A newer connection of the same agent process took over',
  4432: 'This host was restored from a snapshot of its memory and begins a new epoch',
  4433: 'A frame was not sealed with the key of this connection, or did not come in its turn',
}
