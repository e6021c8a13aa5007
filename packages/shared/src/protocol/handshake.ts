import { SUBPROTOCOL } from '../plain/index.ts'

/** What the two sides of a connection have said before either has proved anything. */
export interface Greetings {
  readonly hostId: string
  readonly agentNonce: string
  readonly controllerNonce: string
  /** X25519 public keys for this connection alone (RFC 7748): the raw 32 bytes, base64. */
  readonly agentAgreement: string
  readonly controllerAgreement: string
}

/**
 * The text that both sides sign in the mutual challenge. Both nonces and agreement keys, the host's id and the
 * sub-protocol are in it, and the role comes first, so that a signature of one side can never be presented as the
 * other's, and nobody in between can put keys of their own in the place of ours.
 */
export function challengeText(role: 'agent' | 'controller', greetings: Greetings): string {
  const { hostId, agentNonce, controllerNonce, agentAgreement, controllerAgreement } = greetings
  return [SUBPROTOCOL, role, hostId, agentNonce, controllerNonce, agentAgreement, controllerAgreement].join('\n')
}

/** The text whose signature makes a command genuine. The host's id keeps it from being replayed to another host. */
export function commandText(hostId: string, payload: string): string {
  return [SUBPROTOCOL, 'command', hostId, payload].join('\n')
}
