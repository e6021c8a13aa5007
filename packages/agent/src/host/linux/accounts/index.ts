import { userInfo } from 'node:os'
import { ChaosError } from '@chaos-lite/shared'
import type { Account, Accounts, Files } from '../../host.ts'
import { run } from '../run.ts'
import { administrationOf } from './administration.ts'
import { groupLines, type PasswdLine, passwdLines } from './databases.ts'
import { disable, disabledStanding, disableImage, enableAgain } from './disable.ts'
import { readFacts } from './facts.ts'
import { membershipImage, membershipStanding, putMemberBack, removeMember } from './membership.ts'
import { refuseForeignAccount, refuseForeignMembership } from './own.ts'
import type { RootPrograms } from './root-programs.ts'
import { isExpired, isLocked, shadowLine } from './shadow-line.ts'
import { namedGroups } from './sudoers/named.ts'

const timeoutMs = 10_000
const maxBytes = 5 * 1024 * 1024

/** How accounts are looked up: by the system's own name service, or in the files of a simulated host. */
export type Lookup = (database: 'passwd' | 'group', name: string) => Promise<string>

/** `getent` asks whatever the host asks: files, LDAP, SSSD. */
export const lookupByGetent: Lookup = async (database, name) => {
  const { code, stdout } = await run(['getent', '--', database, name], { timeoutMs })
  return code === 0 ? stdout : ''
}

/** The groups of a session that begins now, by number, the primary one first. */
export const groupIdsById = async (name: string): Promise<readonly number[]> => {
  const { code, stdout } = await run(['id', '-G', '--', name], { timeoutMs })
  if (code !== 0) throw new ChaosError('not-there', `The name service of this host knows no account ${name}.`)
  return stdout
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number)
}

/** All accounts that the name service lists; many directories list none, and answer only when asked for one. */
export const everybodyByGetent = async (): Promise<string> => {
  const { code, stdout } = await run(['getent', 'passwd'], { timeoutMs })
  return code === 0 ? stdout : ''
}

/** Files such as `/etc/group`; `root` lets a simulated host have its own. */
export interface AccountOptions {
  readonly files: Files
  readonly lookup: Lookup
  readonly groupFile: string
  readonly gshadowFile: string
  readonly passwdFile?: string
  readonly shadowFile?: string
  /** Where the lock of a database really lies: a simulated host keeps its files elsewhere. */
  readonly lockPath?: (path: string) => string
  /** As the system itself says; without it, what the files say. */
  readonly sessionGroups?: (name: string) => Promise<readonly number[]>
  /** Lines of passwd(5) beside those of the file. */
  readonly everybody?: () => Promise<string>
  /** Programs of the system that know who may become root; a simulated host has none. */
  readonly programs?: RootPrograms
}

/** Accounts of a host whose own files are those given; `lookup` also knows those of a directory. */
export function fileAccounts({
  files,
  lookup,
  groupFile,
  gshadowFile,
  passwdFile = '/etc/passwd',
  shadowFile = '/etc/shadow',
  lockPath = (path) => path,
  sessionGroups,
  everybody = async () => '',
  programs,
}: AccountOptions): Accounts {
  const paths = { group: groupFile, gshadow: gshadowFile, passwd: passwdFile, lockPath }
  const shadows = { passwd: passwdFile, shadow: shadowFile, lockPath }
  const allGroups = async () => groupLines((await files.read(groupFile, maxBytes)).toString('utf8'))
  const people = async () => passwdLines((await files.read(passwdFile, maxBytes)).toString('utf8'))
  const usualGroups = ['sudo', 'wheel', 'admin']
  const gidsOf = async (name: string) => {
    if (sessionGroups !== undefined) return sessionGroups(name)
    const { name: own, gid } = await lookUp(lookup, name)
    const listed = (await allGroups()).filter(({ members }) => members.includes(own))
    return [...new Set([gid, ...listed.map((group) => group.gid)])]
  }
  return {
    administratorGroups: ['root', ...usualGroups],
    administration: async (taken) => {
      const groups = await namedGroups(files, await allGroups(), lookup)
      const sources = { files, people: await people(), groups, shadowFile, usualGroups }
      return administrationOf(await readFacts({ ...sources, ...programs }), taken)
    },
    sudoConfirms: async (name) => programs?.sudoConfirms(name) ?? true,
    primaryMembers: async (wanted) => {
      const listed = passwdLines(await everybody().catch(() => ''))
      const all = [...(await people()), ...listed].filter(({ gid }) => gid === wanted)
      return [...new Set(all.map(({ name }) => name))]
    },
    groupIds: gidsOf,
    refuseForeignAccount: async (name) => refuseForeignAccount(files, passwdFile, await lookUp(lookup, name)),
    refuseForeignMembership: (account, group) =>
      refuseForeignMembership({ files, groupFile }, { account, group }, async () => ({
        account: await lookUp(lookup, account),
        group: await groupNamed(lookup, group),
        gids: await gidsOf(account),
      })),
    own: userInfo().username,
    account: async (name) => describe(await lookUp(lookup, name), await allGroups(), lookup),
    members: async (group) => (await groupNamed(lookup, group)).members,
    nameOfId: async (id) => passwdLines(await lookup('passwd', String(id))).find(({ uid }) => uid === id)?.name ?? null,
    groupId: async (group) => (await groupNamed(lookup, group)).gid,
    membersOfId: async (id) =>
      groupLines(await lookup('group', String(id))).find(({ gid }) => gid === id)?.members ?? [],
    membershipImage: (account, group, keepIn) => membershipImage(files, paths, account, group, keepIn),
    removeMember: (image, tag) => removeMember(files, paths, image, tag),
    membershipStanding: (image) => membershipStanding(files, paths, image),
    putMemberBack: (image, tag, keptIn) => putMemberBack(files, paths, image, tag, keptIn),
    isOpen: async (name) => {
      if (!(await describe(await lookUp(lookup, name), [], lookup)).mayLogIn) return false
      const own = (await files.exists(shadowFile)) ? shadowLine(await files.read(shadowFile, maxBytes), name) : null
      return own === null || !(isLocked(own) || isExpired(own, Date.now()))
    },
    disableImage: (account, keepIn) => disableImage(files, shadows, account, keepIn),
    disable: (image, tag) => disable(files, shadows, image, tag),
    disabledStanding: (image) => disabledStanding(files, image),
    enableAgain: (image, tag, keptIn) => enableAgain(files, shadows, image, tag, keptIn),
  }
}

/** A directory may answer with the one name that it has for an account: `anna@example.test` for `EXAMPLE\anna`. */
function meant<T extends { readonly name: string }>(rows: readonly T[], name: string): T | undefined {
  return rows.find((row) => row.name === name) ?? (rows.length === 1 ? rows[0] : undefined)
}

async function lookUp(lookup: Lookup, name: string): Promise<PasswdLine> {
  const found = meant(passwdLines(await lookup('passwd', name)), name)
  if (!found) throw new ChaosError('not-there', `The name service of this host knows no account ${name}.`)
  return found
}

async function groupNamed(lookup: Lookup, name: string) {
  const found = meant(groupLines(await lookup('group', name)), name)
  if (!found) throw new ChaosError('not-there', `The name service of this host knows no group ${name}.`)
  return found
}

async function describe(found: PasswdLine, groups: ReturnType<typeof groupLines>, lookup: Lookup): Promise<Account> {
  const primary =
    groupLines(await lookup('group', String(found.gid))).find(({ gid }) => gid === found.gid)?.name ?? String(found.gid)
  return {
    name: found.name,
    uid: found.uid,
    gid: found.gid,
    mayLogIn: !/\/(?:nologin|false|sync)$/.test(found.shell),
    primaryGroup: primary,
    groups: groups.filter(({ members }) => members.includes(found.name)).map(({ name }) => name),
  }
}
