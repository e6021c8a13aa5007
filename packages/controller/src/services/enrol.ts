import { randomBytes } from 'node:crypto'
import type { HostId, Labels, Ulid } from '@chaos-lite/shared'
import type { TokenView } from '@chaos-lite/shared/api'
import type { Store, StoredHost } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { hashOf, randomSecret } from './secrets.ts'

export interface Enrolment {
  /** A one-time token for one host of one client. Only its hash is kept. */
  makeToken(request: {
    readonly clientId: Ulid
    readonly labels: Labels
    readonly validForMs: number
    readonly approve: boolean
    readonly by: string
  }): Promise<Pick<TokenView, 'token' | 'expiresMs'>>
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

export function makeEnrolment({ store, clock }: { store: Store; clock: Clock }): Enrolment {
  return {
    async makeToken({ clientId, labels, validForMs, approve, by }) {
      const token = randomSecret()
      const expiresMs = clock.nowMs() + validForMs
      await store.tokens.add({ hash: hashOf(token), clientId, labels, expiresMs, approve, by })
      return { token, expiresMs }
    },
    enrol: ({ token, publicKey, hostname, labels }) =>
      store.hosts.enroll(hashOf(token), {
        hostId: randomHostId(),
        name: hostname,
        proposedLabels: labels,
        publicKey,
        enrolledMs: clock.nowMs(),
      }),
  }
}

/** Random, never taken from the hardware: cloned machines share hardware ids. */
function randomHostId(): HostId {
  return `h-${randomBytes(12).toString('hex')}`
}
