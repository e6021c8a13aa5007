import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqlite, sqliteStore } from '@chaos-lite/controller'
import { testStore } from './store.ts'

testStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-store-'))
  const store = sqliteStore(openSqlite(join(folder, 'controller.db')))
  return {
    store,
    async end() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
