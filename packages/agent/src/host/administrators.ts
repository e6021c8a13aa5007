/**
 * Something that a failure takes from people. `membership`: one place in a group. `login`: every way to log in to an
 * account. `path`: what lies at or below it cannot be read where it is expected, such as the keys of a person.
 */
export type Taken =
  | { readonly kind: 'membership'; readonly account: string; readonly group: string }
  | { readonly kind: 'login'; readonly account: string }
  | { readonly kind: 'path'; readonly path: string }

/** A person who can log in and become root. */
export interface Administrator {
  readonly name: string
  /** What makes it so, such as `sudo: %sudo (/etc/sudoers line 50)`. */
  readonly by: string
  /** Can this person come in over SSH, too? */
  readonly remote: boolean
  /** From these hosts only (`AllowUsers name@host`); without it from anywhere. */
  readonly from?: readonly string[]
}

/** Who can become root on this host, as far as this host's own files show it. */
export interface Administration {
  readonly people: readonly Administrator[]
  /** These, and those of whom nothing is known from here: keys of a directory service, rules of SSH that are not readable. */
  readonly possible: readonly Administrator[]
  /** Why no rule of sudo is counted at all: anybody may be an administrator. */
  readonly unclear: readonly string[]
  /** Named by a rule that makes root, and not counted: `bob: the password is locked`. */
  readonly notCounted: readonly string[]
  /** Can root itself log in, with a password or a key? */
  readonly root: boolean
  /** Every account and group (as `%group`) that some rule for administrators names or holds, counted or not. */
  readonly concerned: ReadonlySet<string>
  /** Where the keys of root and of everybody whom such a rule names are kept, whether there are any or not. */
  readonly keyPlaces: readonly { readonly name: string; readonly path: string }[]
}

/** Is this path taken by one of these? */
export function isPathTaken(taken: readonly Taken[], path: string): boolean {
  return taken.some((each) => each.kind === 'path' && (path === each.path || path.startsWith(`${each.path}/`)))
}
