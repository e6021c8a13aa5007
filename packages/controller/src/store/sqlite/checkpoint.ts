import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Copies the write-ahead log of a database into it, in another thread. Rejects when that fails. */
export async function checkpoint(databaseFile: string): Promise<void> {
  const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: databaseFile })
  await once(worker, 'exit')
}
