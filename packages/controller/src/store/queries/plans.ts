import type { Plan } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { fromJson, toJson } from './json.ts'

/** Plans as they were shown. They are never changed: an approval binds to the digest of what is stored. */
export function planQueries(db: Kysely<Tables>): Store['plans'] {
  return {
    async add(plan, createdMs) {
      await db
        .insertInto('plans')
        .values({ plan_id: plan.planId, client_id: plan.clientId, plan: toJson(plan), created_ms: createdMs })
        .execute()
    },
    async byId(planId) {
      const row = await db.selectFrom('plans').select('plan').where('plan_id', '=', planId).executeTakeFirst()
      return row ? fromJson<Plan>(row.plan) : null
    },
  }
}
