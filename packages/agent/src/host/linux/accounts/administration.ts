import { type Administration, type Administrator, isPathTaken, type Taken } from '../../administrators.ts'
import type { PasswdLine } from './databases.ts'
import { doasGrant } from './doas.ts'
import { concernedOf, type Facts } from './facts.ts'
import { closedBecause, hasPassword } from './log-in.ts'
import { admitsPerson, keyFilesOf, takesKeys, takesPasswords } from './ssh-door.ts'
import { grantOf } from './sudoers/grants.ts'

/** Who could become root if this were taken from the host as it is now. Pure. */
export function administrationOf(facts: Facts, taken: readonly Taken[]): Administration {
  const notCounted: string[] = []
  const people: Administrator[] = []
  const roots = canEnter(
    facts,
    facts.people.filter(({ uid }) => uid === 0),
    taken,
  )
  const rootHasPassword = roots.some(({ password }) => password)
  // Without one of its files sudo refuses everybody, or has other rules.
  const lostFile = facts.sudoers.files.find((path) => isPathTaken(taken, path))
  const hasSudo = facts.sudoers.problems.length === 0 && lostFile === undefined
  for (const person of facts.people.filter(({ uid }) => uid !== 0)) {
    const groups = groupsOf(facts, person, taken)
    const who = { ...person, groups, everyGroup: everyGroupOf(facts, person, taken) }
    const sudo = hasSudo ? grantOf(facts.sudoers, who, facts.hostNames) : null
    const doas = doasGrant(facts.doas, who)
    if (sudo === null && doas === null) continue
    const [door] = canEnter(facts, [person], taken)
    const password = door?.password ?? false
    const bySudo =
      sudo && (sudo.rootPassword ? sudo.withoutPassword || rootHasPassword : sudo.withoutPassword || password)
    const byDoas = doas && (doas.withoutPassword || password)
    if (door === undefined) {
      const why =
        whyClosed(facts, person, taken) ?? 'its password is locked or missing, and there is no key that SSH takes'
      notCounted.push(`${person.name}: ${why}`)
      continue
    }
    if (!bySudo && !byDoas) notCounted.push(`${person.name}: has no password that could be given to sudo`)
    else {
      const by = bySudo ? `sudo: ${sudo?.by}` : `doas: ${doas?.by}`
      people.push({ name: person.name, by, remote: isRemote(facts, person, door, groups) })
    }
  }
  const problems = facts.sudoers.problems
    .slice(0, 3)
    .map((where) => `${where} is not understood: no rule of sudo is counted`)
  if (lostFile !== undefined) problems.push(`${lostFile} is taken away: no rule of sudo is counted`)
  return {
    people,
    notCounted: [...problems, ...notCounted],
    root: roots.length > 0,
    concerned: concernedOf(facts),
    keyPlaces: keyPlacesOf(facts),
  }
}

function keyPlacesOf(facts: Facts): Administration['keyPlaces'] {
  const concerned = concernedOf(facts)
  const people = facts.people.filter(({ name, uid }) => uid === 0 || concerned.has(name))
  return people.flatMap((each) => {
    const files = keyFilesOf(facts.ssh?.get(each.name) ?? null, each)
    const real = (facts.keys.get(each.name) ?? []).map(({ place }) => place)
    return [...new Set([`${each.home}/.ssh`, ...files, ...real])].map((path) => ({ name: each.name, path }))
  })
}

interface Door {
  readonly password: boolean
  readonly keyFiles: readonly string[]
}

/** Those of the accounts that somebody can open a session as, and how. */
function canEnter(facts: Facts, accounts: readonly PasswdLine[], taken: readonly Taken[]): readonly Door[] {
  return accounts.flatMap((each) => {
    if (whyClosed(facts, each, taken) !== null) return []
    const stored = facts.shadow.get(each.name)?.password ?? (each.password === 'x' ? '' : each.password)
    const keyFiles = (facts.keys.get(each.name) ?? []).flatMap(({ path, place }) =>
      isPathTaken(taken, path) || isPathTaken(taken, place) ? [] : [path, place],
    )
    const settings = facts.ssh?.get(each.name)
    const byRoot =
      each.uid !== 0 || !/^(?:no|forced-commands-only)$/.test(settings?.get('permitrootlogin')?.[0] ?? 'no')
    const keysCount = settings !== undefined && takesKeys(settings) && byRoot
    return [{ password: hasPassword(stored), keyFiles: keysCount ? keyFiles : [] }].filter(
      (door) => door.password || door.keyFiles.length > 0,
    )
  })
}

/** Null where the account is open, as far as shell and dates go, or for want of a password and a key. */
function whyClosed(facts: Facts, person: PasswdLine, taken: readonly Taken[]): string | null {
  const shadow = facts.shadow.get(person.name) ?? null
  if (taken.some((each) => each.kind === 'login' && each.account === person.name)) return 'it is disabled by a failure'
  if (facts.closed && person.uid !== 0) return 'a file nologin lets only root in'
  if (shadow === null && person.password === 'x') return 'it has no line in the shadow file'
  const shell = person.shell === '' ? '/bin/sh' : person.shell
  if (isPathTaken(taken, shell)) return `its shell ${shell} is taken away by a failure`
  if (!facts.runs(shell)) return `its shell ${shell} cannot be started`
  return closedBecause({ shell }, shadow, facts.wallMs)
}

function isRemote(facts: Facts, { name }: PasswdLine, door: Door, groups: ReadonlySet<string>): boolean {
  const settings = facts.ssh?.get(name)
  if (settings === undefined || !admitsPerson(settings, name, groups)) return false
  return door.keyFiles.length > 0 || (door.password && takesPasswords(settings))
}

/** Names and numbers (`#27`) of the groups of a person, without those that are taken. */
function groupsOf(facts: Facts, { name, gid }: PasswdLine, taken: readonly Taken[]): ReadonlySet<string> {
  const lost = taken.flatMap((each) => (each.kind === 'membership' && each.account === name ? [each.group] : []))
  const mine = facts.groups.filter(
    (group) => group.gid === gid || (group.members.includes(name) && !lost.includes(group.name)),
  )
  return new Set([`#${gid}`, ...mine.flatMap((group) => [group.name, `#${group.gid}`])])
}

/** With those that are taken: once put back, what they forbid is forbidden again. */
function everyGroupOf(facts: Facts, person: PasswdLine, taken: readonly Taken[]): ReadonlySet<string> {
  const lost = taken.flatMap((each) => (each.kind === 'membership' && each.account === person.name ? [each.group] : []))
  const numbers = facts.groups.filter(({ name }) => lost.includes(name)).map(({ gid }) => `#${gid}`)
  return new Set([...groupsOf(facts, person, []), ...lost, ...numbers])
}
