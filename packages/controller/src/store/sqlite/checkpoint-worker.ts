import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite from 'better-sqlite3'

/*
 * Copies the write-ahead log into the database, beside the connection that writes: a checkpoint writes and syncs for as
 * long as the disk needs, and the controller's event loop must not wait for that. PASSIVE: nobody else waits either.
 */
const database = new BetterSqlite(String(workerData), { fileMustExist: true, timeout: 0 })
try {
  const [answer] = database.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[]
  parentPort?.postMessage(answer)
} finally {
  database.close()
}
