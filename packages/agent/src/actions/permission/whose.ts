/** Whose access is taken: exactly one of the three. */
export interface Whose {
  readonly account?: string | undefined
  readonly group?: string | undefined
  readonly everyone?: true | undefined
  /** Named by a person: where a directory does not list who belongs to a group. */
  readonly witness?: string | undefined
}
