/**
 * The text that both sides sign in the mutual challenge. Both nonces, the host's id and the sub-protocol are in it, and
 * the role comes first, so that a signature of one side can never be presented as the other's.
 */
export function challengeText(
  role: 'agent' | 'controller',
  parts: { hostId: string; agentNonce: string; controllerNonce: string },
): string {
  return ['chaos-lite.v1', role, parts.hostId, parts.agentNonce, parts.controllerNonce].join('\n')
}

/** The text whose signature makes a command genuine. The host's id keeps it from being replayed to another host. */
export function commandText(hostId: string, payload: string): string {
  return ['chaos-lite.v1', 'command', hostId, payload].join('\n')
}
