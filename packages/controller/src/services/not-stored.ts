import type { Store } from '../store/store.ts'

/** What people are told while the store cannot be written: what they do counts, but is in memory only. */
export function notStored(store: Pick<Store, 'failing'>): { notice?: string } {
  const code = store.failing()
  if (code === null) return {}
  const notice = `The controller cannot write its database now (${code}). Log-in, abort and stop all work; what they do is kept in memory and recorded as soon as there is room. Everything else is refused. Make room on the disk that holds the data folder, and look whether that disk fails.`
  return { notice }
}
