/** What `enrol` presents: 32 random bytes, base64url. */
const SECRET = '[A-Za-z0-9_-]{43}'
/** A certificate in DER as base64url: 12 KiB of it, far more than any authority has. */
const AUTHORITY = '[A-Za-z0-9_-]{100,16384}'
const TOKEN = new RegExp(`^(${SECRET})(?:\\.(${AUTHORITY}))?$`)

/** An enrolment token as people carry it from the controller to a host. */
export interface EnrolmentToken {
  /** The part that is sent, once. */
  readonly secret: string
  /**
   * The authority that the controller's certificate comes from: DER, base64url; null where systems know it. It travels
   * with the token so that no connection is ever made unverified, not even the first.
   */
  readonly authority: string | null
}

/** Reads a token; null for anything that is none. */
export function readEnrolmentToken(text: string): EnrolmentToken | null {
  const [, secret, authority = null] = TOKEN.exec(text) ?? []
  return secret === undefined ? null : { secret, authority }
}

/** The reverse of `readEnrolmentToken`: base64url has no dot, so the first dot ends the secret. */
export function writeEnrolmentToken({ secret, authority }: EnrolmentToken): string {
  return authority === null ? secret : `${secret}.${authority}`
}
