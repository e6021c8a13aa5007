import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** Single values by name. `setOnce` answers the value that was there first: two starts at once agree. */
export function settingQueries(db: Kysely<Tables>): Store['settings'] {
  const read = async (from: Kysely<Tables>, name: string) => {
    const row = await from.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst()
    return row?.value ?? null
  }
  return {
    get: (name) => read(db, name),
    setOnce: (name, value) =>
      db.transaction().execute(async (trx) => {
        const there = await read(trx, name)
        if (there !== null) return there
        await trx.insertInto('settings').values({ name, value }).execute()
        return value
      }),
  }
}
