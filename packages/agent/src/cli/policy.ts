import { hostname } from 'node:os'
import type { Command } from 'commander'
import { profileNamed, profileNames, starterPolicy } from '../policy/index.ts'

/** `chaos-lite-agent policy starter --profile web-server --service nginx > /etc/chaos-lite/policy.yaml` */
export function addPolicyCommand(program: Command): void {
  const policy = program.command('policy').description("the rules of this host's owner")
  policy
    .command('starter')
    .description('print a commented policy.yaml to start from; nothing is written')
    .option('--profile <name>', `what this host is: ${profileNames.join(', ')}`, 'none')
    .option('--hold-at-most <duration>', 'the longest time a failure may stay, such as 15m')
    .option('--add <key=entry...>', 'an entry of a list, such as services=nginx.service or names=erp.example.test')
    .action((options: { profile: string; holdAtMost?: string; add?: string[] }) => {
      process.stdout.write(
        starterPolicy({
          profile: profileNamed(options.profile),
          lists: listsOf(options.add ?? []),
          hostname: hostname(),
          ...(options.holdAtMost === undefined ? {} : { holdAtMost: options.holdAtMost }),
        }),
      )
    })
}

function listsOf(added: readonly string[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {}
  for (const each of added) {
    const at = each.indexOf('=')
    const [key, entry] = at === -1 ? [each, ''] : [each.slice(0, at), each.slice(at + 1)]
    lists[key] = [...(lists[key] ?? []), entry]
  }
  return lists
}
