import type { StoredUser } from '../store/index.ts'

/**
 * Who may use an endpoint. Written on each route; a route without it does not start (see `plugins/own/access.ts`).
 * `public`: nobody is asked. `logged in`: also while the first password has not been changed.
 */
export type Access = 'public' | 'logged in' | StoredUser['role']

const rank: Readonly<Record<StoredUser['role'], number>> = { viewer: 1, operator: 2, administrator: 3 }

/**
 * Does this role include that one? Roles are ordered: an administrator may do what an operator may, who may do what a
 * viewer may.
 */
export function mayUse(role: StoredUser['role'], access: StoredUser['role']): boolean {
  return rank[role] >= rank[access]
}
