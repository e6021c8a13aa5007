import { ChaosError, type Labels, type Ulid } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { fromJson, toJson } from './json.ts'

/** Adds enrolment tokens. One is taken only in the transaction that enrols its host (`hostQueries`). */
export function tokenQueries(db: Kysely<Tables>): Store['tokens'] {
  return {
    async add(token) {
      await db
        .insertInto('enrolment_tokens')
        .values({
          hash: token.hash,
          client_id: token.clientId,
          labels: toJson(token.labels),
          expires_ms: token.expiresMs,
          approve: token.approve ? 1 : 0,
          made_by: token.by,
          used: 0,
        })
        .execute()
    },
  }
}

/**
 * Uses the token up in the same statement that reads it; to be called in the transaction that adds the host.
 * @throws ChaosError `not-allowed` when it is unknown, used or expired
 */
export async function takeToken(
  db: Kysely<Tables>,
  hash: string,
  nowMs: number,
): Promise<{ clientId: Ulid; labels: Labels; approve: boolean }> {
  const row = await db
    .updateTable('enrolment_tokens')
    .set({ used: 1 })
    .where('hash', '=', hash)
    .where('used', '=', 0)
    .where('expires_ms', '>', nowMs)
    .returning(['client_id', 'labels', 'approve'])
    .executeTakeFirst()
  if (!row) throw new ChaosError('not-allowed', 'The enrolment token is unknown, used or expired. Make a new one.')
  return { clientId: row.client_id, labels: fromJson<Labels>(row.labels), approve: row.approve === 1 }
}
