import { hostname } from 'node:os'
import { type Administration, type Administrator, isPathTaken, type Taken } from '../../administrators.ts'
import type { Files } from '../../host.ts'
import type { GroupLine, PasswdLine } from './databases.ts'
import { type DoasRule, doasGrant, doasRules } from './doas.ts'
import { closedBecause, hasPassword } from './log-in.ts'
import { type ShadowFields, shadowFields } from './shadow-line.ts'
import { admitsPerson, holdsKey, keyFilesOf, type SshSettings, takesKeys, takesPasswords } from './ssh-door.ts'
import { grantOf } from './sudoers/grants.ts'
import { addLine, emptySudoers, type Sudoers } from './sudoers/parse.ts'
import { readSudoers } from './sudoers/read.ts'

/** All that decides who can become root, read once. Accounts of a directory service are not among `people`. */
export interface Facts {
  readonly people: readonly PasswdLine[]
  readonly shadow: ReadonlyMap<string, ShadowFields>
  readonly groups: readonly GroupLine[]
  readonly sudoers: Sudoers
  readonly doas: readonly DoasRule[]
  /** Groups that polkit takes for administrators: they concern, but make nobody root by themselves. */
  readonly polkitGroups: readonly string[]
  readonly hostNames: readonly string[]
  readonly wallMs: number
  /** Only root may log in (`nologin(5)`). */
  readonly closed: boolean
  /** Is this a program that can be started? */
  readonly runs: (shell: string) => boolean
  /** What the SSH server says of each person; null where there is none. */
  readonly ssh: ReadonlyMap<string, SshSettings> | null
  /** Files that hold a usable key, of each person. */
  readonly keys: ReadonlyMap<string, readonly KeyFile[]>
}

/** A file of keys: the name by which the server looks for it, and where that leads. */
interface KeyFile {
  readonly path: string
  readonly place: string
}

/** Where the facts lie, and the two questions that only programs answer. */
export interface FactSources {
  readonly files: Files
  readonly people: readonly PasswdLine[]
  readonly groups: readonly GroupLine[]
  readonly shadowFile: string
  /** Groups that usually administer, where no rules are found. */
  readonly usualGroups: readonly string[]
  readonly runs?: (shell: string) => boolean
  /** `sshd -T` for a person; null where there is no such server. */
  readonly sshd?: (name: string) => Promise<SshSettings | null>
  /** Does this path lie on a disk of this host? On a share, keys are there only while another machine answers. */
  readonly isHere?: (path: string) => Promise<boolean>
}

const maxBytes = 5 * 1024 * 1024
const polkitFolders = ['/etc/polkit-1/rules.d', '/usr/share/polkit-1/rules.d', '/run/polkit-1/rules.d']

export async function readFacts(sources: FactSources): Promise<Facts> {
  const { files, people, groups, shadowFile, usualGroups } = sources
  const { sshd = async () => null, isHere = async () => true } = sources
  const bytes = (await files.exists(shadowFile)) ? await files.read(shadowFile, maxBytes) : Buffer.alloc(0)
  const shadow = people.flatMap((each) => {
    const fields = shadowFields(bytes, each.name)
    return fields ? [[each.name, fields] as const] : []
  })
  const doas = await doasOf(files)
  const sudoers = (await readSudoers(files, hostname())) ?? usual(doas === null ? usualGroups : [])
  const facts = {
    ...{ people, shadow: new Map(shadow), groups, sudoers, doas: doas ?? [] },
    ...{ hostNames: [hostname()], wallMs: Date.now(), runs: sources.runs ?? (() => true) },
    polkitGroups: await polkitGroups(files),
    closed: (await files.exists('/etc/nologin')) || (await files.exists('/run/nologin')),
  }
  const asked = people.filter((each) => each.uid === 0 || concernedOf(facts).has(each.name))
  const said = await Promise.all(asked.map(async (each) => [each.name, await sshd(each.name)] as const))
  const ssh = new Map(said.flatMap(([name, settings]) => (settings === null ? [] : [[name, settings] as const])))
  const keys = await Promise.all(
    asked.map(async (each) => {
      const places = keyFilesOf(ssh.get(each.name) ?? null, each)
      const held = await Promise.all(places.map(async (path) => (await isHere(path)) && holdsKey(files, path, each)))
      const usable = places.filter((_, at) => held[at])
      return [
        each.name,
        await Promise.all(usable.map(async (path) => ({ path, place: await files.resolve(path) }))),
      ] as const
    }),
  )
  return { ...facts, ssh: ssh.size === 0 ? null : ssh, keys: new Map(keys) }
}

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

/** Every name in a rule, and the members of every group in one. */
function concernedOf(
  facts: Pick<Facts, 'people' | 'groups' | 'sudoers' | 'doas' | 'polkitGroups'>,
): ReadonlySet<string> {
  const aliased = [...facts.sudoers.aliases].filter(([key]) => key.startsWith('User ')).flatMap(([, items]) => items)
  const named = [...facts.sudoers.rules.flatMap(({ users }) => users), ...aliased].map(({ text }) => text)
  const words = new Set([
    ...named,
    ...facts.doas.map(({ who }) => who.replace(/^:/, '%')),
    ...facts.polkitGroups.map((group) => `%${group}`),
  ])
  for (const group of facts.groups) {
    if (!words.has(`%${group.name}`) && !words.has(`%#${group.gid}`)) continue
    words.add(`%${group.name}`)
    for (const member of group.members) words.add(member)
    for (const { name, gid } of facts.people) if (gid === group.gid) words.add(name)
  }
  for (const { name, uid } of facts.people) if (words.has(`#${uid}`) || words.has('ALL')) words.add(name)
  return words
}

/** What a host without rules is taken for: the groups that distributions make for it. */
function usual(groups: readonly string[]): Sudoers {
  const into = emptySudoers()
  for (const group of groups) addLine(into, { number: 0, text: `%${group} ALL=(ALL:ALL) ALL` }, '')
  return into
}

async function doasOf(files: Files): Promise<readonly DoasRule[] | null> {
  for (const path of ['/etc/doas.conf', '/usr/local/etc/doas.conf']) {
    if (await files.exists(path)) return doasRules((await files.read(path, maxBytes)).toString('utf8'), path)
  }
  return null
}

async function polkitGroups(files: Files): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const folder of polkitFolders) {
    for (const name of await files.list(folder).catch(() => [])) {
      if (!name.endsWith('.rules')) continue
      const text = (await files.read(`${folder}/${name}`, maxBytes).catch(() => Buffer.alloc(0))).toString('utf8')
      for (const [, group] of text.matchAll(/unix-group:([A-Za-z0-9_.-]+)/g)) if (group !== undefined) found.add(group)
    }
  }
  return [...found]
}
