import type { Kysely } from 'kysely'
import type { Incident, Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** Facts that do not fit their chain. One that is sent again is the same incident and is not stored twice. */
export function incidentQueries(db: Kysely<Tables>): Store['incidents'] {
  return {
    async add(incident) {
      await db
        .insertInto('incidents')
        .values({
          client_id: incident.clientId,
          host_id: incident.hostId,
          kind: incident.kind,
          epoch: incident.epoch,
          seq: incident.seq,
          digest: incident.digest,
          line: incident.line,
          reason: incident.reason,
          at_ms: incident.atMs,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
    async ofClient(clientId, limit) {
      const rows = await db
        .selectFrom('incidents')
        .selectAll()
        .where('client_id', '=', clientId)
        .orderBy('incident_id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        clientId: row.client_id,
        hostId: row.host_id,
        kind: row.kind as Incident['kind'],
        epoch: row.epoch,
        seq: row.seq,
        digest: row.digest,
        line: row.line,
        reason: row.reason,
        atMs: row.at_ms,
      }))
    },
  }
}
