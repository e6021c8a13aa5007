import type { Host } from '../host.ts'

const timeoutMs = 10_000

/**
 * The settings of the SSH server, as the server itself prints them; null where it does not. `-T` also looks for what only
 * a start needs, such as its folder below `/run` (which a server that a socket starts makes at the first connection);
 * `-G`, since OpenSSH 9.3, only for the settings.
 */
export async function sshdSays(start: Host['run'], args: readonly string[] = []): Promise<string | null> {
  for (const flag of ['-T', '-G']) {
    const said = await start(['sshd', flag, ...args], { timeoutMs }).catch(() => null)
    if (said?.code === 0 && /^port\s+\d+/im.test(said.stdout)) return said.stdout
  }
  return null
}
