import { randomBytes } from 'node:crypto'
import type { HostId, Labels, Ulid } from '@chaos-lite/shared'
import type { TokenView } from '@chaos-lite/shared/api'
import type { Enrolling } from '../gateway/index.ts'
import { hashOf, randomSecret } from '../secrets/index.ts'
import type { Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'

export interface Enrolment extends Enrolling {
  /** A one-time token for one host of one client. Only its hash is kept. */
  makeToken(request: {
    readonly clientId: Ulid
    readonly labels: Labels
    readonly validForMs: number
    readonly approve: boolean
    readonly by: string
  }): Promise<Pick<TokenView, 'token' | 'expiresMs'>>
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
