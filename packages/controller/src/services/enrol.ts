import { randomBytes, X509Certificate } from 'node:crypto'
import { type HostId, type Labels, type Ulid, writeEnrolmentToken } from '@chaos-lite/shared'
import type { TokenView } from '@chaos-lite/shared/api'
import type { Enrolling } from '../gateway/index.ts'
import { hashOf, randomSecret } from '../secrets/index.ts'
import type { Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'

/** How hosts come to a controller: tokens for people who install agents, and what an agent presents one for. */
export interface Enrolment extends Enrolling {
  /** A one-time token for one host of one client. Only its hash is kept. */
  makeToken(request: {
    readonly clientId: Ulid
    readonly labels: Labels
    readonly validForMs: number
    readonly approve: boolean
    readonly by: string
  }): Promise<Pick<TokenView, 'token' | 'expiresMs'>>
  /** The same as people use it: the token names the authority of this controller, and comes with the command that enrols. */
  invite(request: Parameters<Enrolment['makeToken']>[0]): Promise<TokenView>
}

/**
 * What installs and enrols at once: enrolled without its services, a host would never come. The digest is left to the
 * person, who has it from the build: a stolen controller must not choose which program is installed.
 */
const INSTALL = 'sh install-agent.sh --binary chaos-lite-agent --sha256 DIGEST'

interface Deps {
  readonly store: Store
  readonly clock: Clock
  /** Read with each token: it is complete only once the controller listens. */
  readonly address: { readonly publicUrl: string; readonly caPem: string | null }
}

/** Keeps hashes of tokens only: a stolen store holds nothing that a host could be enrolled with. */
export function makeEnrolment({ store, clock, address }: Deps): Enrolment {
  const enrolment: Enrolment = {
    async makeToken({ clientId, labels, validForMs, approve, by }) {
      const token = randomSecret()
      const expiresMs = clock.nowMs() + validForMs
      await store.tokens.add({ hash: hashOf(token), clientId, labels, expiresMs, approve, by })
      return { token, expiresMs }
    },
    async invite(request) {
      const made = await enrolment.makeToken(request)
      const command = `${INSTALL} --controller ${address.publicUrl} --token-file -`
      const token = writeEnrolmentToken({ secret: made.token, authority: authorityIn(address.caPem) })
      return { ...made, token, command }
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
  return enrolment
}

/** As a token carries it: DER, base64url. */
function authorityIn(pem: string | null): string | null {
  return pem === null ? null : new X509Certificate(pem).raw.toString('base64url')
}

/** Random, never taken from the hardware: cloned machines share hardware ids. */
function randomHostId(): HostId {
  return `h-${randomBytes(12).toString('hex')}`
}
