import { ChaosError } from '@chaos-lite/shared'
import type { Host, Metadata } from '../../host/index.ts'
import { type Acl, aclOfMode, isExtended, parseAcl, withEntry } from './acl.ts'
import type { Whose } from './whose.ts'
import { witnessOf } from './witness.ts'

/** The access rules before and after, and who shows the difference. */
export interface Change {
  readonly before: Acl
  readonly after: Acl
  /** An account that loses its access: through its eyes the effect is seen. */
  readonly witness: string
}

const nobody = '---'

/** The access list of a file; where it has none, the three entries that its mode stands for (acl(5)). */
export function aclOf(metadata: Metadata): Acl {
  return metadata.acl === null ? aclOfMode(metadata.mode) : parseAcl(metadata.acl)
}

/** What the access rules become, and who will notice. Throws `wrong-state` when nobody is found who would lose anything. */
export async function plannedChange(
  host: Host,
  place: { readonly path: string; readonly metadata: Metadata; readonly signal: AbortSignal },
  whose: Whose,
): Promise<Change> {
  const { path, metadata } = place
  const before = aclOf(metadata)
  const after = await changed(host, before, metadata, whose)
  if (isExtended(after) && metadata.acl === null) {
    throw new ChaosError('cannot-restore', `${path} would need an ACL, which this host cannot read: install "acl".`)
  }
  return { before, after, witness: await witnessOf(host, { ...place, before, after }, whose) }
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
  // Everyone but the owner: a mask of nothing silences all named entries and stays one value to roll back.
  const silenced = new Map(before).set('other:', nobody)
  return silenced.set(before.has('mask:') ? 'mask:' : 'group:', nobody)
}
