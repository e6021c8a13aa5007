import { ChaosError } from '@chaos-lite/shared'
import type { Kysely, Selectable } from 'kysely'
import type { Store, StoredUser } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'

const fromRow = (row: Selectable<Tables['users']>): StoredUser => ({
  userId: row.user_id,
  clientId: row.client_id,
  name: row.name,
  role: row.role,
  passwordHash: row.password_hash,
  mustChangePassword: row.must_change === 1,
  sessionEpoch: row.session_epoch,
})

export function userQueries(db: Kysely<Tables>): Store['users'] {
  const one = async (column: 'name' | 'user_id', value: string) => {
    const row = await db.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst()
    return row ? fromRow(row) : null
  }
  return {
    byName: (name) => one('name', name),
    byId: (userId) => one('user_id', userId),
    async count() {
      const row = await db
        .selectFrom('users')
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async add(user) {
      await db
        .insertInto('users')
        .values({
          user_id: user.userId,
          client_id: user.clientId,
          name: user.name,
          role: user.role,
          password_hash: user.passwordHash,
          must_change: user.mustChangePassword ? 1 : 0,
          session_epoch: user.sessionEpoch,
        })
        .execute()
    },
    async setPassword(userId, passwordHash, { mustChange = false, ifEpoch } = {}) {
      let update = db
        .updateTable('users')
        .set((eb) => ({
          password_hash: passwordHash,
          must_change: mustChange ? 1 : 0,
          session_epoch: eb('session_epoch', '+', 1),
        }))
        .where('user_id', '=', userId)
      if (ifEpoch !== undefined) update = update.where('session_epoch', '=', ifEpoch)
      const row = await update.returningAll().executeTakeFirst()
      if (row) return fromRow(row)
      const user = found((await one('user_id', userId)) ?? undefined, `user ${userId}`)
      throw new ChaosError('wrong-state', `The password of ${user.name} was changed just now; log in again.`)
    },
  }
}
