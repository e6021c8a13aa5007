import type { Logger } from 'pino'
import type { DataFolder } from './data-folder.ts'
import { controllerKey } from './gateway/index.ts'
import type { Store } from './store/index.ts'
import {
  giveReserve,
  inspectStore,
  isStorageError,
  MarkKeeper,
  openSqlite,
  sqliteStore,
  translated,
  untouched,
} from './store/index.ts'

/**
 * Opens the store of a data folder that is ours. What is damaged, lost, older than its mark or of another controller is
 * refused with `wrong-state`, and then the folder is as it was found.
 */
export async function openStore(data: DataFolder, log: Logger, stack: AsyncDisposableStack): Promise<Store> {
  const { folder, databaseFile } = data
  try {
    withReserve(folder, () => untouched(databaseFile, () => inspectStore(folder)))
  } catch (error) {
    data.leaveAsFound()
    throw error
  }
  const database = withReserve(folder, () => openSqlite(databaseFile))
  const store = sqliteStore(database)
  stack.defer(() => store.close())
  // Made here at the first start, so that no store with a mark is ever without it.
  await controllerKey(store)
  const keeper = new MarkKeeper({ database, databaseFile, log, store })
  stack.defer(() => keeper.close())
  return store
}

/** On a full disk the room that was set aside is given back first. */
function withReserve<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const full = isStorageError(error) || (error instanceof Error && isStorageError(error.cause))
    if (full && giveReserve(folder)) return withReserve(folder, work)
    throw translated(error)
  }
}
