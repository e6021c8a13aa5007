import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Counts } from './mark.ts'

/** The setting that holds the controller's signing key. */
export const SIGNING_KEY = 'signing-key'

/** What a database says of itself. `storeId` is null before schema 5, `controllerKey` where there is no usable key. */
export type Found = Omit<Counts, 'storeId' | 'controllerKey'> & {
  readonly storeId: string | null
  readonly controllerKey: string | null
  readonly keyDamaged: boolean
  readonly hosts: number
}

/** Reads them, in a few microseconds however large the database is. Throws SQLite's error. */
export function countsOf(database: Database): Found {
  const number = (sql: string) => Number(database.prepare<[], unknown>(sql).pluck().get() ?? 0)
  const tables = new Set(
    database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all(),
  )
  const state = tables.has('store_state')
    ? database.prepare<[], { store_id: string; changes: number }>('SELECT store_id, changes FROM store_state').get()
    : undefined
  const key = tables.has('settings')
    ? database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck().get(SIGNING_KEY)
    : undefined
  const controllerKey = key === undefined ? null : fingerprintOf(key)
  return {
    storeId: state?.store_id ?? null,
    changes: state?.changes ?? 0,
    controllerKey,
    keyDamaged: key !== undefined && controllerKey === null,
    schema: tables.has('schema_version') ? number('SELECT max(version) FROM schema_version') : 0,
    // Facts are numbered from 1 without a gap, and never deleted.
    facts: tables.has('facts') ? number('SELECT max(fact_id) FROM facts') : 0,
    hosts: tables.has('hosts') ? number('SELECT count(*) FROM hosts') : 0,
  }
}

/** Of the public half of a private key in PEM; null where it is none. */
function fingerprintOf(pem: string): string | null {
  try {
    const raw = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' })
    return `sha256:${createHash('sha256').update(raw).digest('hex')}`
  } catch {
    return null
  }
}
