import type { Store } from '../store/index.ts'
import type { StoredRunBook } from './book.ts'
import type { SequenceDeps } from './sequence/context.ts'

/** What runs work with. */
export interface RunsDeps extends SequenceDeps {
  readonly store: Store
  readonly book: StoredRunBook
}
