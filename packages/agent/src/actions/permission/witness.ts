import { ChaosError } from '@chaos-lite/shared'
import type { Host, Metadata } from '../../host/index.ts'
import { type Acl, allows } from './acl.ts'
import type { Whose } from './whose.ts'

/** The path, its access rules now and during the failure. */
export interface Planned {
  readonly path: string
  readonly metadata: Metadata
  readonly before: Acl
  readonly after: Acl
  readonly signal: AbortSignal
}

/** More accounts than this are not asked for: each may be a question to a directory. */
const MOST_ASKED = 64
const MOST_HOMES = 200
const TEST_MS = 5_000

type Answer = 'loses' | 'has none' | 'keeps' | 'no member' | 'unknown'

/**
 * An account that can read the path now, tried as that account, and could not any more: through its eyes the effect is
 * seen. Where members of a group are not listed, as in many directories, those are asked for that this host has seen.
 * @throws ChaosError `wrong-state` where none is found, and `timed-out` where a directory does not answer
 */
export async function witnessOf(host: Host, planned: Planned, whose: Whose): Promise<string> {
  const asked = new Map<string, Answer>()
  const group = whose.group === undefined ? null : await host.accounts.groupId(whose.group)
  for (const names of [() => named(host, planned, whose), () => seenHere(host, whose)]) {
    for (const name of await names()) {
      if (asked.has(name) || asked.size >= MOST_ASKED) continue
      const answer = await answerOf(host, planned, { name, group })
      if (answer === 'loses') return name
      asked.set(name, answer)
    }
  }
  throw new ChaosError('wrong-state', reason(planned.path, whose, asked))
}

async function answerOf(
  host: Host,
  { path, metadata, before, after, signal }: Planned,
  { name, group }: { readonly name: string; readonly group: number | null },
): Promise<Answer> {
  const asker = await askerOf(host, name)
  if (asker === null || asker.uid === 0) return 'unknown'
  if (group !== null && !asker.gids.includes(group)) return 'no member'
  if (!allows(before, metadata, asker, 'r')) return 'has none'
  if (allows(after, metadata, asker, 'r')) return 'keeps'
  return (await canRead(host, { path, signal }, name)) ? 'loses' : 'has none'
}

/** Only an account that is not there is passed over: a directory that does not answer must not be asked for each. */
async function askerOf(host: Host, name: string) {
  try {
    const { uid } = await host.accounts.account(name)
    return { uid, gids: await host.accounts.groupIds(name) }
  } catch (thrown) {
    if (thrown instanceof ChaosError && thrown.code === 'not-there') return null
    throw thrown
  }
}

/** Tried by a process of that account, because every folder on the way counts. Where none can be started, the rules decide. */
async function canRead(host: Host, { path, signal }: Pick<Planned, 'path' | 'signal'>, as: string): Promise<boolean> {
  const tried = await host.run(['test', '-r', path], { as, timeoutMs: TEST_MS, signal }).catch((thrown: unknown) => {
    if (thrown instanceof ChaosError && thrown.code === 'timed-out') throw thrown
    return null
  })
  // test(1) says nothing when it means no. Words come from whoever could not become the account.
  return tried === null || tried.code !== 1 || tried.stderr !== ''
}

async function named(host: Host, { before, metadata: { gid } }: Planned, whose: Whose): Promise<readonly string[]> {
  if (whose.witness !== undefined) return [whose.witness]
  if (whose.account !== undefined) return [whose.account]
  if (whose.group !== undefined) {
    const primary = await host.accounts.primaryMembers(await host.accounts.groupId(whose.group))
    return [...(await host.accounts.members(whose.group)), ...primary]
  }
  const numbers = (tag: string) => [...before.keys()].filter((key) => new RegExp(`^${tag}:\\d`).test(key)).map(idOf)
  const groups = await Promise.all([gid, ...numbers('group')].map((id) => host.accounts.membersOfId(id)))
  const users = await Promise.all(numbers('user').map((id) => host.accounts.nameOfId(id)))
  return [...groups.flat(), ...users.filter((name) => name !== null), 'nobody']
}

function idOf(key: string): number {
  return Number(key.slice(key.indexOf(':') + 1))
}

/** Accounts that have a process or a home folder here. */
async function seenHere(host: Host, { account, witness }: Whose): Promise<readonly string[]> {
  if (account !== undefined || witness !== undefined) return []
  const running = (await host.processes.views()).flatMap(({ uid }) => (uid === undefined || uid === 0 ? [] : [uid]))
  const homes = (await host.files.list('/home').catch(() => [])).slice(0, MOST_HOMES)
  const owners = await Promise.all(
    homes.map((name) =>
      host.files.metadata(`/home/${name}`).then(
        ({ uid }) => [uid],
        () => [],
      ),
    ),
  )
  const names: string[] = []
  for (const uid of [...new Set([...owners.flat(), ...running])].filter((id) => id !== 0).slice(0, MOST_ASKED)) {
    const name = await host.accounts.nameOfId(uid)
    if (name !== null) names.push(name)
  }
  return names
}

function reason(path: string, { account, group, witness }: Whose, asked: ReadonlyMap<string, Answer>): string {
  const answers = [...asked.values()]
  const who = witness ?? account
  if (who !== undefined) {
    if (answers.includes('keeps')) return `${who} would not lose access to ${path}: it can read it in another way too.`
    if (answers.includes('no member')) return `${who} is not a member of ${group}: name an account that is.`
    return `${who} cannot read ${path} now: there is no access to take away.`
  }
  const members = answers.filter((answer) => answer !== 'no member' && answer !== 'unknown').length
  if (group !== undefined && members === 0) {
    const why = `No account is known here that is a member of ${group}, so that nobody could confirm the impact`
    return `${why}. A directory may not list its members: name one of them with "witness".`
  }
  const whom = group === undefined ? 'of those who can be named here' : `of the known members of ${group} (${members})`
  const more = asked.size >= MOST_ASKED ? ` Only ${MOST_ASKED} accounts were asked for: name one with "witness".` : ''
  return `None ${whom} would lose access to ${path}: they cannot read it now, or can in another way too.${more}`
}
