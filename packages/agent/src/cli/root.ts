import { ChaosError } from '@chaos-lite/shared'
import type { Command } from 'commander'
import type { World } from '../world.ts'

/** What needs nothing of this host: the part without privileges, and what only prints. Every other command needs root. */
const FOR_ALL: readonly string[] = ['link', 'starter']

/**
 * Whoever may not read the journal would read that nothing is in it, and whoever may not write would fail half-way: asked
 * once, before any command begins. @throws ChaosError `not-allowed` with the command that works
 */
export async function refuseWithoutRoot(
  command: Command,
  args: readonly string[],
  world: Pick<World, 'lacksRoot'>,
): Promise<void> {
  if (world.lacksRoot !== true || FOR_ALL.includes(command.name())) return
  const { shellWord } = await import('../policy/index.ts')
  const typed = ['chaos-lite-agent', ...args].map(shellWord).join(' ')
  throw new ChaosError(
    'not-allowed',
    `${command.name()} needs root: the journal, the identity and the policy of this host are root's alone. Nothing was read or changed. Run it as root: sudo ${typed}`,
  )
}
