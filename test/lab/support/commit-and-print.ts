import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { openSqlite } from '../../../packages/controller/src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../../packages/controller/src/store/sqlite/sqlite-store.ts'

/**
 * commit-and-print.ts FOLDER synced|unsynced: a store in that folder commits number after number, and each is printed once
 * the store says that it lasts, with the instant (nanoseconds of CLOCK_MONOTONIC). `unsynced`: a store that says so without syncing. Ends with the first commit that fails.
 */
const [folder = '', how = ''] = process.argv.slice(2)
const store = sqliteStore(openSqlite(join(folder, 'controller.db')), how === 'unsynced' ? { sync: async () => {} } : {})
const { clientId } = await store.clients.first()
for (let number = 1; ; number += 1) {
  await store.stops.put(clientId, number)
  writeSync(1, `${number} ${process.hrtime.bigint()}\n`)
}
