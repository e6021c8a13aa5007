import { hostname } from 'node:os'
import type { Files } from '../../host.ts'
import type { GroupLine, PasswdLine } from './databases.ts'
import { type DoasRule, doasRules } from './doas.ts'
import { type ShadowFields, shadowFields } from './shadow-line.ts'
import { keyFilesOf, keysIn, type SshSettings } from './ssh-door.ts'
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
  /** There is a server, and what it says of somebody could not be read. */
  readonly sshUnread?: boolean
  /** Files that hold a usable key, or perhaps one, of each person. */
  readonly keys: ReadonlyMap<string, readonly KeyFile[]>
}

/** A file of keys: the name by which the server looks for it, and where that leads. */
interface KeyFile {
  readonly path: string
  readonly place: string
  /** It cannot be known from here whether what it holds opens a session. */
  readonly unsure?: boolean
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
  readonly sshd?: (name: string) => Promise<SshSettings | 'unreadable' | null>
  /** Does this path lie on a disk of this host? On a share, keys are there only while another machine answers. */
  readonly isHere?: (path: string) => Promise<boolean>
}

const maxBytes = 5 * 1024 * 1024
const polkitFolders = ['/etc/polkit-1/rules.d', '/usr/share/polkit-1/rules.d', '/run/polkit-1/rules.d']

/** Reads all of it once. */
export async function readFacts(sources: FactSources): Promise<Facts> {
  const { files, people, groups, shadowFile, usualGroups } = sources
  const { sshd = async () => null } = sources
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
  const ssh = new Map(
    said.flatMap(([name, settings]) => (settings === null || settings === 'unreadable' ? [] : [[name, settings]])),
  )
  const keys = await Promise.all(
    asked.map(async (each) => {
      const places = keyFilesOf(ssh.get(each.name) ?? null, each)
      const held = await Promise.all(places.map((path) => keyFile(sources, path, each, facts.wallMs)))
      return [each.name, held.filter((file) => file !== null)] as const
    }),
  )
  const sshUnread = said.some(([, settings]) => settings === 'unreadable')
  return { ...facts, ssh: ssh.size === 0 ? null : ssh, sshUnread, keys: new Map(keys) }
}

/** On a share, keys are there only while another machine answers: nothing of it is read. */
async function keyFile(
  { files, isHere = async () => true }: FactSources,
  path: string,
  person: PasswdLine,
  wallMs: number,
): Promise<KeyFile | null> {
  if (!(await isHere(path))) return { path, place: path, unsure: true }
  const opens = await keysIn(files, path, person, wallMs)
  if (opens === 'nothing') return null
  const place = await files.resolve(path).catch(() => path)
  return { path, place, unsure: opens === 'perhaps' }
}

/** Every name in a rule, and the members of every group in one. */
export function concernedOf(
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
