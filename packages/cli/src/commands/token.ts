import { instantText, type Labels } from '@chaos-lite/shared'
import { TokenView } from '@chaos-lite/shared/api'
import { ExitCode } from '../exit-codes.ts'
import { answer, type CommandContext } from './context.ts'

/** Makes a one-time enrolment token, and prints what to bring to the host and what to type there. */
export async function createToken(
  context: CommandContext,
  given: { readonly label: Labels; readonly validForMs: number; readonly approve: boolean },
): Promise<ExitCode> {
  const { label: labels, validForMs, approve } = given
  const made = await (await context.api()).post('/tokens', { labels, validForMs, approve }, TokenView)
  answer(context, made, () => [...steps(made), ...(approve ? [] : [APPROVE]), ...reach(made.command)].join('\n'))
  return ExitCode.ok
}

const APPROVE = 'Then approve the host here: chaos-lite host approve NAME'

function steps({ token, expiresMs, command }: TokenView): string[] {
  return [
    `Token (shown once, good for one host until ${instantText(expiresMs)}):`,
    `  ${token}`,
    'To install the agent on the host:',
    '  1. Build the agent with `npm run build`, in the repository of Chaos Lite, and note the SHA-256 digest that it prints.',
    '  2. Copy scripts/install-agent.sh and dist/agent/linux-x64/chaos-lite-agent (linux-arm64 for ARM) to the host, into one folder.',
    '  3. On the host, type this in that folder. Replace DIGEST by the digest that `npm run build` printed:',
    `  echo '${token}' | sudo ${command}`,
    'The host appears in "chaos-lite hosts" as soon as it has connected.',
  ]
}

/** An address of this machine itself is of no use on a host elsewhere. */
function reach(command: string): string[] {
  const [, url = ''] = /--controller (\S+)/.exec(command) ?? []
  if (!/^https?:\/\/(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?$/.test(url)) return []
  return [
    `Note: only this machine reaches the controller at ${url}. For other hosts, start it with --host 0.0.0.0 (or with`,
    '--public-url behind a proxy), and make a new token.',
  ]
}
