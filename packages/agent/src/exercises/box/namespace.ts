import { ChaosError } from '@chaos-lite/shared'
import { tool } from '../../host/index.ts'
import { type Command, ownCommand } from '../../program/index.ts'
import type { BoxRules } from './rules.ts'

/**
 * How to start a worker in namespaces of its own: mounts, processes, messages, and the network unless the repository lies
 * there. `--kill-child`: when this command is killed, the kernel ends everything inside. @throws ChaosError
 * `capability-missing`
 */
export function namespaceCommand(rules: BoxRules): Command {
  const unshare = tool('unshare')
  if (process.geteuid?.() !== 0) throw cannot('the agent does not run as root')
  if (unshare === null || tool('setpriv') === null || tool('mount') === null)
    throw cannot('unshare, setpriv or mount, of the packages util-linux and mount, is not installed')
  const spaces = [
    '--mount',
    '--propagation=private',
    '--pid',
    '--fork',
    '--kill-child=SIGKILL',
    '--mount-proc',
    '--ipc',
  ]
  const network = rules.network ? [] : ['--net']
  return [unshare, ...spaces, ...network, '--', ...ownCommand(), 'exercise-box', JSON.stringify(rules)]
}

/** `capability-missing`: without a box no backup is restored, as a restore reads data that nobody has checked. */
export function cannot(why: string): ChaosError {
  return new ChaosError(
    'capability-missing',
    `This host cannot restore a backup in a box that nothing gets out of: ${why}`,
  )
}
