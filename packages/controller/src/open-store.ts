import type { Logger } from 'pino'
import type { DataFolder } from './data-folder.ts'
import { controllerKey } from './gateway/keys.ts'
import { inspectStore } from './store/mark/inspect.ts'
import { MarkKeeper } from './store/mark/keeper.ts'
import { untouched } from './store/mark/untouched.ts'
import { openSqlite } from './store/sqlite/open-sqlite.ts'
import { sqliteStore } from './store/sqlite/sqlite-store.ts'
import type { Store } from './store/store.ts'

/**
 * Opens the store of a data folder that is ours. What is damaged, lost, older than its mark or of another controller is
 * refused with `wrong-state`, and then the folder is as it was found.
 */
export async function openStore(data: DataFolder, log: Logger, stack: AsyncDisposableStack): Promise<Store> {
  try {
    untouched(data.databaseFile, () => inspectStore(data.folder))
  } catch (error) {
    data.leaveAsFound()
    throw error
  }
  const database = openSqlite(data.databaseFile)
  const store = sqliteStore(database)
  stack.defer(() => store.close())
  // Made here at the first start, so that no store with a mark is ever without it.
  await controllerKey(store)
  const keeper = new MarkKeeper({ database, databaseFile: data.databaseFile, log })
  stack.defer(() => keeper.close())
  return store
}
