import type { AgentFact, ControllerFact, SourcedFact, Ulid } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import { turn } from '../../turn.ts'
import type { Store, StoredLine } from '../store.ts'
import type { Tables } from '../tables.ts'
import { fromJson } from './json.ts'

/** The name under which the controller's own facts are kept; no host id looks like it. */
export const CONTROLLER = 'controller'

/** What is read at once: a few milliseconds' work for whoever parses or sends it. One fact may be longer than this. */
const PAGE = { lines: 200, bytes: 256 * 1024 }

/** A stored line with its meaning. */
export function sourcedFact({ source, hostId, receivedMs, line }: StoredLine): SourcedFact {
  if (source === 'controller' || hostId === null)
    return { source: 'controller', fact: fromJson<ControllerFact>(line), receivedMs }
  return { source, hostId, fact: fromJson<AgentFact>(line), receivedMs }
}

/** Reading facts. Writing them is each back end's own, because that is where its speed and its safety lie. */
export function factQueries(db: Kysely<Tables>): Pick<Store['facts'], 'ofRun' | 'linesOfRun' | 'pageOfRun' | 'cursor'> {
  const pageOfRun = async (runId: Ulid, after: number) => {
    const last = await endOfPage(db, runId, after)
    if (last === null) return { lines: [], next: after }
    const rows = await db
      .selectFrom('facts')
      .select(['origin', 'received_ms', 'digest', 'line'])
      .where('run_id', '=', runId)
      .where('fact_id', '>', after)
      .where('fact_id', '<=', last)
      .orderBy('fact_id')
      .execute()
    const lines = rows.map(({ origin, received_ms: receivedMs, digest, line }): StoredLine => {
      const own = origin === CONTROLLER
      return { source: own ? 'controller' : 'agent', hostId: own ? null : origin, receivedMs, digest, line }
    })
    return { lines, next: last }
  }
  const allOf = async <T>(runId: Ulid, each: (line: StoredLine) => T): Promise<T[]> => {
    const all: T[] = []
    for (let after = 0; ; ) {
      const { lines, next } = await pageOfRun(runId, after)
      if (lines.length === 0) return all
      for (const line of lines) all.push(each(line))
      after = next
      await turn()
    }
  }
  return {
    pageOfRun,
    ofRun: (runId) => allOf(runId, sourcedFact),
    linesOfRun: (runId) => allOf(runId, (line) => line),
    async cursor(hostId, epoch) {
      const row = await db
        .selectFrom('facts')
        .select((eb) => eb.fn.max('seq').as('seq'))
        .where('origin', '=', hostId)
        .where('epoch', '=', epoch)
        .executeTakeFirst()
      return row === undefined || row.seq === null ? null : { epoch, seq: Number(row.seq) }
    },
  }
}

/** The last fact of the next page; null: there is none. Their sizes are known without reading them. */
async function endOfPage(db: Kysely<Tables>, runId: Ulid, after: number): Promise<number | null> {
  const sizes = await db
    .selectFrom('facts')
    .select((eb) => ['fact_id', eb.fn<number>('octet_length', ['line']).as('bytes')])
    .where('run_id', '=', runId)
    .where('fact_id', '>', after)
    .orderBy('fact_id')
    .limit(PAGE.lines)
    .execute()
  let [last, sum]: [number | null, number] = [null, 0]
  for (const { fact_id: factId, bytes } of sizes) {
    sum += bytes
    if (last !== null && sum > PAGE.bytes) break
    last = factId
  }
  return last
}
