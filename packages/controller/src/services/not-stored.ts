import type { Store } from '../store/index.ts'

/** What people read while the store cannot be written: what they do counts, but is in memory only. */
export function notStored(store: Pick<Store, 'failing'>): { notice?: string } {
  const code = store.failing()
  if (code === null) return {}
  const notice = `The controller cannot write its database now (${code}). You can still log in, stop a run and stop everything: this takes effect at once, is kept in memory, and is recorded when there is room. Everything else is refused. Free space on the disk that holds the data folder, and check whether the disk is failing.`
  return { notice }
}
