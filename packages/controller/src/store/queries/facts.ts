import type { AgentFact, ControllerFact, SourcedFact } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { fromJson } from './json.ts'

/** The name under which the controller's own facts are kept; no host id looks like it. */
export const CONTROLLER = 'controller'

/** Reading facts. Writing them is each back end's own, because that is where its speed and its safety lie. */
export function factQueries(db: Kysely<Tables>): Pick<Store['facts'], 'ofRun' | 'linesOfRun' | 'cursor'> {
  const ofRun = (runId: string) =>
    db
      .selectFrom('facts')
      .select(['origin', 'received_ms', 'digest', 'line'])
      .where('run_id', '=', runId)
      .orderBy('fact_id')
      .execute()
  return {
    async ofRun(runId) {
      return (await ofRun(runId)).map(({ origin, received_ms: receivedMs, line }): SourcedFact => {
        if (origin === CONTROLLER) return { source: 'controller', fact: fromJson<ControllerFact>(line), receivedMs }
        return { source: 'agent', hostId: origin, fact: fromJson<AgentFact>(line), receivedMs }
      })
    },
    async linesOfRun(runId) {
      return (await ofRun(runId)).map(({ origin, received_ms: receivedMs, digest, line }) => {
        const own = origin === CONTROLLER
        return { source: own ? 'controller' : 'agent', hostId: own ? null : origin, receivedMs, digest, line } as const
      })
    },
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
