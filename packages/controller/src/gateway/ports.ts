import type { HostId, Labels, Ulid } from '@chaos-lite/shared'
import type { AgentLine, Ingested, StoredHost } from '../store/index.ts'

/**
 * Facts of one host, on their way from its link into the store: stores lines that `read-lines.ts` has checked and resolves
 * with the acknowledgement once they are committed; what they mean for their runs is worked out afterwards.
 * What does not fit becomes an incident. Throws `storage-full` when nothing could be stored.
 */
export type Ingest = (
  host: { readonly hostId: HostId; readonly clientId: Ulid },
  facts: readonly AgentLine[],
) => Promise<Pick<Ingested, 'cursor' | 'incidents'>>

/** Lets a host in that brings a token. */
export interface Enrolling {
  /**
   * Uses a token up. `labels`, which the host says of itself, become proposals: only those of the token count at once.
   * Throws `not-allowed` when it is unknown, used or expired, `already-exists` for a known key.
   */
  enrol(request: {
    readonly token: string
    readonly publicKey: string
    readonly hostname: string
    readonly labels: Labels
  }): Promise<StoredHost>
}
