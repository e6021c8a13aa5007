import { isPathTaken, type Taken } from '../../administrators.ts'
import type { PasswdLine } from './databases.ts'
import type { Facts } from './facts.ts'
import { closedBecause, hasPassword } from './log-in.ts'
import { admittedFrom, givesShell, hasKeysElsewhere, isAuthenticated } from './ssh-door.ts'

/** How somebody can open a session as an account. */
export interface Door {
  readonly password: boolean
  /** From where over SSH (`*`: from anywhere); null: not at all. */
  readonly ssh: readonly string[] | null
}

/** Counted only if `sure`; otherwise also what cannot be known from here counts as open. */
export function doorOf(
  facts: Facts,
  person: PasswdLine,
  groups: ReadonlySet<string>,
  { taken, sure }: { readonly taken: readonly Taken[]; readonly sure: boolean },
): Door | null {
  if (whyClosed(facts, person, taken) !== null) return null
  const stored = facts.shadow.get(person.name)?.password ?? (person.password === 'x' ? '' : person.password)
  const password = hasPassword(stored)
  const key = (facts.keys.get(person.name) ?? []).some(
    ({ path, place, unsure }) => !(unsure && sure) && !isPathTaken(taken, path) && !isPathTaken(taken, place),
  )
  const ssh = sshDoor(facts, person, groups, { key, password, sure })
  return password || ssh !== null ? { password, ssh } : null
}

/** Null where the account is open, as far as shell and dates go. */
export function whyClosed(facts: Facts, person: PasswdLine, taken: readonly Taken[]): string | null {
  const shadow = facts.shadow.get(person.name) ?? null
  if (taken.some((each) => each.kind === 'login' && each.account === person.name)) return 'it is disabled by a failure'
  if (facts.closed && person.uid !== 0) return 'a file nologin lets only root in'
  if (shadow === null && person.password === 'x') return 'it has no line in the shadow file'
  const shell = person.shell === '' ? '/bin/sh' : person.shell
  if (isPathTaken(taken, shell)) return `its shell ${shell} is taken away by a failure`
  if (!facts.runs(shell)) return `its shell ${shell} cannot be started`
  return closedBecause({ shell }, shadow, facts.wallMs)
}

function sshDoor(
  facts: Facts,
  { name, uid }: PasswdLine,
  groups: ReadonlySet<string>,
  { key, password, sure }: { readonly key: boolean; readonly password: boolean; readonly sure: boolean },
): readonly string[] | null {
  const settings = facts.ssh?.get(name)
  if (settings === undefined) return facts.sshUnread === true && !sure ? ['*'] : null
  const from = admittedFrom(settings, name, groups)
  if (from === null || (sure && !givesShell(settings))) return null
  if (uid === 0 && !admitsRoot(settings.get('permitrootlogin')?.[0] ?? 'no', key)) return null
  if (isAuthenticated(settings, { key, password })) return from
  return !sure && hasKeysElsewhere(settings) ? from : null
}

function admitsRoot(said: string, key: boolean): boolean {
  return said === 'yes' || (key && /^(?:without|prohibit)-password$/.test(said))
}
