import { type Administration, type Administrator, isPathTaken, type Taken } from '../../administrators.ts'
import type { PasswdLine } from './databases.ts'
import { doasGrant } from './doas.ts'
import { type Door, doorOf, whyClosed } from './doors.ts'
import { concernedOf, type Facts } from './facts.ts'
import { keyFilesOf } from './ssh-door.ts'
import { grantOf } from './sudoers/grants.ts'

/** Who could become root if this were taken from the host as it is now. Pure. */
export function administrationOf(facts: Facts, taken: readonly Taken[]): Administration {
  // Without one of its files sudo refuses everybody, or has other rules.
  const lostFile = facts.sudoers.files.find((path) => isPathTaken(taken, path))
  const unclear = facts.sudoers.problems.slice(0, 3).map((where) => `${where} is not understood: ${noRule}`)
  const problems = lostFile === undefined ? unclear : [...unclear, `${lostFile} is taken away: ${noRule}`]
  const ask = { taken, hasSudo: problems.length === 0 }
  const { people, notCounted } = peopleOf(facts, { ...ask, sure: true })
  return {
    people,
    possible: peopleOf(facts, { ...ask, sure: false }).people,
    unclear,
    notCounted: [...problems, ...(facts.sshUnread === true ? [unread] : []), ...notCounted],
    root: rootDoors(facts, { taken, sure: true }).length > 0,
    concerned: concernedOf(facts),
    keyPlaces: keyPlacesOf(facts),
  }
}

const noRule = 'no rule of sudo is counted'
const unread = 'the settings of the SSH server could not be read (sshd -T): nobody is counted to come in over SSH'

interface Ask {
  readonly taken: readonly Taken[]
  readonly hasSudo: boolean
  readonly sure: boolean
}

function rootDoors(facts: Facts, how: Pick<Ask, 'taken' | 'sure'>) {
  const roots = facts.people.filter(({ uid }) => uid === 0)
  return roots.map((each) => doorOf(facts, each, groupsOf(facts, each, how.taken), how)).filter((door) => door !== null)
}

function peopleOf(facts: Facts, ask: Ask): Pick<Administration, 'people' | 'notCounted'> {
  const { taken, hasSudo, sure } = ask
  const notCounted: string[] = []
  const people: Administrator[] = []
  const rootHasPassword = rootDoors(facts, ask).some(({ password }) => password)
  const outside = sure ? [] : outsiders(facts)
  for (const person of [...facts.people.filter(({ uid }) => uid !== 0), ...outside]) {
    const groups = groupsOf(facts, person, taken)
    const who = { ...person, groups, everyGroup: everyGroupOf(facts, person, taken) }
    const sudo = hasSudo ? grantOf(facts.sudoers, who, facts.hostNames) : null
    const doas = doasGrant(facts.doas, who)
    if (sudo === null && doas === null) continue
    const door = outside.includes(person) ? outerDoor(facts) : doorOf(facts, person, groups, ask)
    if (door === null) {
      const why =
        whyClosed(facts, person, taken) ?? 'its password is locked or missing, and there is no key that SSH takes'
      notCounted.push(`${person.name}: ${why}`)
      continue
    }
    const { password, ssh } = door
    const bySudo =
      sudo && (sudo.rootPassword ? sudo.withoutPassword || rootHasPassword : sudo.withoutPassword || password)
    const byDoas = doas && (doas.withoutPassword || password)
    if (!bySudo && !byDoas) notCounted.push(`${person.name}: has no password that could be given to sudo`)
    else {
      const by = bySudo ? `sudo: ${sudo?.by}` : `doas: ${doas?.by}`
      const from = ssh === null || ssh.includes('*') ? {} : { from: ssh }
      people.push({ name: person.name, by, remote: ssh !== null, ...from })
    }
  }
  return { people, notCounted }
}

/** Accounts that rules or groups for administrators name, and that this host's own files do not have. */
function outsiders(facts: Facts): readonly PasswdLine[] {
  const local = new Set(facts.people.map(({ name }) => name))
  const names = [...concernedOf(facts)].filter(
    (name) => !local.has(name) && /^[A-Za-z_][^%#+:!]*$/.test(name) && !/^[A-Z][A-Z0-9_]*$/.test(name),
  )
  const shared = { uid: -1, gid: -1, home: '', shell: '', password: '' }
  return names.map((name) => ({ name, ...shared }))
}

/** Somebody else keeps its password and its keys. */
function outerDoor(facts: Facts): Door {
  return { password: true, ssh: facts.ssh === null && facts.sshUnread !== true ? null : ['*'] }
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

/** Names and numbers (`#27`) of the groups of a person, without those that are taken. */
function groupsOf(facts: Facts, { name, gid }: PasswdLine, taken: readonly Taken[]): ReadonlySet<string> {
  const lost = taken.flatMap((each) => (each.kind === 'membership' && each.account === name ? [each.group] : []))
  const mine = facts.groups.filter(
    (group) => group.gid === gid || (group.members.includes(name) && !lost.includes(group.name)),
  )
  return new Set([`#${gid}`, ...mine.flatMap((group) => [group.name, `#${group.gid}`])])
}

/** With those that are taken: once rolled back, what they forbid is forbidden again. */
function everyGroupOf(facts: Facts, person: PasswdLine, taken: readonly Taken[]): ReadonlySet<string> {
  const lost = taken.flatMap((each) => (each.kind === 'membership' && each.account === person.name ? [each.group] : []))
  const numbers = facts.groups.filter(({ name }) => lost.includes(name)).map(({ gid }) => `#${gid}`)
  return new Set([...groupsOf(facts, person, []), ...lost, ...numbers])
}
