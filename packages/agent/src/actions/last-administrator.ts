import { ChaosError } from '@chaos-lite/shared'
import type { Administration, Administrator, Host, Mount, Taken } from '../host/index.ts'
import { within } from '../protected/index.ts'
import type { ActionContext } from './action.ts'
import { namesByMounts, secondNameOf } from './other-names.ts'

/**
 * Who can still become root afterwards? Asked by every action that takes something from a person, with the host as it
 * would be with the failures already in place and this one. Somebody must be left, besides root; and somebody who comes
 * in over SSH, where somebody does so now.
 * @throws ChaosError `policy-refused`
 */
export async function refuseLastAdministrator(
  { host, held = [] }: Pick<ActionContext, 'host' | 'held'>,
  taken: readonly Taken[],
): Promise<void> {
  const mounts = await host.mounts.list()
  const before = everyName(mounts, held)
  const now = await host.accounts.administration(before)
  const after = await host.accounts.administration([...before, ...everyName(mounts, taken)])
  const what = taken.map(inWords).join(' and ')
  const left = after.notCounted.length === 0 ? '' : ` Not counted: ${after.notCounted.slice(0, 5).join('; ')}.`
  if (now.people.length === 0) return refuseWhereNobodyIsSure({ now, after, taken, what, left })
  const last = now.people.map(({ name, by }) => `${name} (${by})`).join(', ')
  if (!(await anyConfirmed(host, after.people))) {
    throw refusal(
      `${what} would leave no administrator besides root: the last one who can become root is ${last}.${left}`,
    )
  }
  const lost = lostOverSsh(now, after)
  const came = now.people.filter(({ remote }) => remote)
  if (came.length === 0 && lost.length === 0) return
  const stays = after.people.filter((each) => each.remote && lost.every((one) => comesFromAllOf(each, one)))
  if (await anyConfirmed(host, stays)) return
  const remote = [...new Set([...came, ...lost].map(({ name }) => name))].join(', ')
  throw refusal(`${what} would leave no administrator who can log in over SSH: the last one is ${remote}.${left}`)
}

/** Nobody is known for certain: then nobody is taken who may be the last one, whatever root can do. */
function refuseWhereNobodyIsSure(seen: {
  readonly now: Administration
  readonly after: Administration
  readonly taken: readonly Taken[]
  readonly what: string
  readonly left: string
}): void {
  const { now, after, taken, what, left } = seen
  if (now.unclear.length > 0 && taken.some(({ kind }) => kind !== 'path')) {
    throw refusal(`It is not known whether ${what} would leave an administrator.${left}`)
  }
  const names = new Set(after.possible.map(({ name }) => name))
  const lost = [...now.possible.filter(({ name }) => !names.has(name)), ...lostOverSsh(now, after)]
  const [first] = lost
  if (first !== undefined) {
    throw refusal(`${what} is refused: ${first.name} (${first.by}) may be the last who can become root.${left}`)
  }
  if (!taken.some((each) => concerns(each, now.concerned)) || (now.root && after.root)) return
  throw refusal(`No administrator was found who could undo ${what}, and root cannot log in either.${left}`)
}

/** Who may come in over SSH now, and could not any more. */
function lostOverSsh(now: Administration, after: Administration): readonly Administrator[] {
  const names = new Set(after.possible.flatMap(({ name, remote }) => (remote ? [name] : [])))
  return now.possible.filter(({ name, remote }) => remote && !names.has(name))
}

/** Does one come in from wherever the other one does? */
function comesFromAllOf({ from }: Administrator, other: Administrator): boolean {
  return from === undefined || (other.from?.every((place) => from.includes(place)) ?? false)
}

/** Refuses to touch the keys of an administrator themselves; folders above them are judged by who is left. */
export async function refuseAdministratorsKeys(host: Host, path: string): Promise<void> {
  const { keyPlaces } = await host.accounts.administration([])
  const names = namesByMounts(await host.mounts.list(), path)
  const otherName = await secondNameOf(
    host.files,
    path,
    keyPlaces.map((each) => each.path),
  )
  const met = keyPlaces.find((each) => each.path === otherName || names.some((name) => within(name, each.path)))
  if (met !== undefined) throw refusal(`${path} is where the keys of the administrator ${met.name} are kept.`)
}

/** What is taken at one path is taken at every path that a bind mount gives it. */
function everyName(mounts: readonly Mount[], taken: readonly Taken[]): readonly Taken[] {
  return taken.flatMap((each): readonly Taken[] =>
    each.kind === 'path' ? namesByMounts(mounts, each.path).map((path) => ({ kind: 'path', path })) : [each],
  )
}

async function anyConfirmed(host: Host, people: readonly Administrator[]): Promise<boolean> {
  for (const { name, by } of people) {
    if (!by.startsWith('sudo: ') || (await host.accounts.sudoConfirms(name))) return true
  }
  return false
}

function concerns(taken: Taken, concerned: ReadonlySet<string>): boolean {
  if (taken.kind === 'path') return false
  return concerned.has(taken.account) || (taken.kind === 'membership' && concerned.has(`%${taken.group}`))
}

function inWords(taken: Taken): string {
  if (taken.kind === 'membership') return `taking ${taken.account} out of ${taken.group}`
  return taken.kind === 'login' ? `disabling ${taken.account}` : `taking ${taken.path} away`
}

function refusal(message: string): ChaosError {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)} No policy can allow it.`
  return new ChaosError('policy-refused', text, { rule: 'built-in: the last administrator' })
}
