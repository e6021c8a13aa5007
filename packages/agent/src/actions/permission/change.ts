import { ChaosError } from '@chaos-lite/shared'
import type { Host, Metadata } from '../../host/host.ts'
import { type Acl, aclOfMode, allows, isExtended, parseAcl, withEntry } from './acl.ts'

/** Whose access is taken: exactly one of the three. */
export interface Whose {
  readonly account?: string | undefined
  readonly group?: string | undefined
  readonly everyone?: true | undefined
}

export interface Change {
  readonly before: Acl
  readonly after: Acl
  /** An account that loses its access: through its eyes the effect is seen. */
  readonly witness: string
}

const nobody = '---'

export function aclOf(metadata: Metadata): Acl {
  return metadata.acl === null ? aclOfMode(metadata.mode) : parseAcl(metadata.acl)
}

/** What the access rules become, and who will notice. Throws `wrong-state` when nobody would lose anything. */
export async function plannedChange(host: Host, path: string, metadata: Metadata, whose: Whose): Promise<Change> {
  const before = aclOf(metadata)
  const after = await changed(host, before, metadata, whose)
  if (isExtended(after) && metadata.acl === null) {
    throw new ChaosError('cannot-restore', `${path} would need an ACL, which this host cannot read: install "acl".`)
  }
  for (const name of await candidates(host, before, metadata, whose)) {
    const asker = await askerOf(host, name)
    if (!asker || asker.uid === 0) continue
    const loses = allows(before, metadata, asker, 'r') && !allows(after, metadata, asker, 'r')
    if (loses) return { before, after, witness: name }
  }
  throw new ChaosError(
    'wrong-state',
    `Nobody would lose access to ${path}: those named cannot read it now, or can in another way too.`,
  )
}

async function changed(host: Host, before: Acl, { uid, gid }: Metadata, whose: Whose): Promise<Acl> {
  if (whose.account !== undefined) {
    const account = await host.accounts.account(whose.account)
    if (account.uid === uid) return new Map(before).set('user:', nobody)
    return withEntry(before, `user:${account.uid}`, nobody)
  }
  if (whose.group !== undefined) {
    const wanted = await host.accounts.groupId(whose.group)
    if (wanted === gid) return new Map(before).set('group:', nobody)
    return withEntry(before, `group:${wanted}`, nobody)
  }
  // Everyone but the owner: a mask of nothing silences all named entries and stays one value to put back.
  const silenced = new Map(before).set('other:', nobody)
  return silenced.set(before.has('mask:') ? 'mask:' : 'group:', nobody)
}

async function candidates(host: Host, before: Acl, { gid }: Metadata, whose: Whose): Promise<readonly string[]> {
  if (whose.account !== undefined) return [whose.account]
  if (whose.group !== undefined) {
    const primary = await host.accounts.primaryMembers(await host.accounts.groupId(whose.group))
    return [...(await host.accounts.members(whose.group)), ...primary]
  }
  const numbers = (tag: string) => [...before.keys()].filter((key) => new RegExp(`^${tag}:\\d`).test(key)).map(idOf)
  const groups = await Promise.all([gid, ...numbers('group')].map((id) => host.accounts.membersOfId(id)))
  const named = await Promise.all(numbers('user').map((id) => host.accounts.nameOfId(id)))
  return [...groups.flat(), ...named.filter((name) => name !== null), 'nobody']
}

function idOf(key: string): number {
  return Number(key.slice(key.indexOf(':') + 1))
}

async function askerOf(host: Host, name: string) {
  const account = await host.accounts.account(name).catch(() => null)
  if (!account) return null
  const gids = await Promise.all(account.groups.map((group) => host.accounts.groupId(group)))
  return { uid: account.uid, gids: [account.gid, ...gids] }
}
