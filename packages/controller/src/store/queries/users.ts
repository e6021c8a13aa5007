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

async function one(db: Kysely<Tables>, column: 'name' | 'user_id', value: string): Promise<StoredUser | null> {
  const row = await db.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst()
  return row ? fromRow(row) : null
}

/** The users. A new password raises the session epoch in the same transaction, which ends every other log-in. */
export function userQueries(db: Kysely<Tables>): Store['users'] {
  return {
    byName: (name) => one(db, 'name', name),
    byId: (userId) => one(db, 'user_id', userId),
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
    setPassword: (userId, passwordHash, { mustChange = false, ifEpoch } = {}) =>
      db.transaction().execute(async (trx) => {
        const user = found((await one(trx, 'user_id', userId)) ?? undefined, `user ${userId}`)
        if (ifEpoch !== undefined && user.sessionEpoch !== ifEpoch)
          throw new ChaosError('wrong-state', `The password of ${user.name} was changed just now; log in again.`)
        const values = { password_hash: passwordHash, must_change: mustChange ? 1 : 0 }
        const sessionEpoch = user.sessionEpoch + 1
        const update = trx.updateTable('users').set({ ...values, session_epoch: sessionEpoch })
        return fromRow(await update.where('user_id', '=', userId).returningAll().executeTakeFirstOrThrow())
      }),
  }
}
