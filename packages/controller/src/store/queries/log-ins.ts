import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** Sessions and bearer tokens by the hash of their secret. An expired one is not found, also before it is removed. */
export function logInQueries(db: Kysely<Tables>): Store['logIns'] {
  return {
    async put(logIn) {
      await db
        .insertInto('log_ins')
        .values((eb) => ({
          hash: logIn.hash,
          client_id: eb.selectFrom('users').select('client_id').where('user_id', '=', logIn.userId),
          kind: logIn.kind,
          user_id: logIn.userId,
          session_epoch: logIn.sessionEpoch,
          created_ms: logIn.createdMs,
          expires_ms: logIn.expiresMs,
          data: logIn.data,
        }))
        .onConflict((conflict) =>
          conflict.column('hash').doUpdateSet({ expires_ms: logIn.expiresMs, data: logIn.data }),
        )
        .execute()
    },
    async get(hash, nowMs) {
      const row = await db
        .selectFrom('log_ins')
        .selectAll()
        .where('hash', '=', hash)
        .where('expires_ms', '>', nowMs)
        .executeTakeFirst()
      if (!row) return null
      return {
        hash: row.hash,
        kind: row.kind,
        userId: row.user_id,
        sessionEpoch: row.session_epoch,
        createdMs: row.created_ms,
        expiresMs: row.expires_ms,
        data: row.data,
      }
    },
    async remove(hash) {
      await db.deleteFrom('log_ins').where('hash', '=', hash).execute()
    },
    async sweep(nowMs) {
      await db
        .deleteFrom('log_ins')
        .where((eb) =>
          eb.or([
            eb('expires_ms', '<=', nowMs),
            eb(
              'session_epoch',
              '<',
              eb.selectFrom('users').select('users.session_epoch').whereRef('users.user_id', '=', 'log_ins.user_id'),
            ),
          ]),
        )
        .execute()
    },
  }
}
