import { makeProgram } from '@chaos-lite/cli'
import type { Command } from 'commander'
import { buildProgram } from '../../../packages/agent/src/cli/program.ts'
import type { Terminal, World } from '../../../packages/agent/src/world.ts'
import { makeControllerProgram } from '../../../packages/controller/src/program.ts'
import { markdownPage, type Page } from '../page.ts'

const nobody = { out: () => undefined, err: () => undefined, live: false, columns: 100 }
const style = (_: string, text: string) => text

/** The help of every command, as the programs print it. */
export function cliPage(): Page {
  const { signal } = new AbortController()
  const program = makeProgram({ ...nobody, style }, signal, () => undefined)
  const terminal: Terminal = { ...nobody, interactive: false, ask: async () => false, stop: signal }
  // Nothing is run: the programs are only asked for their help.
  const agent = buildProgram({} as World, terminal, () => undefined)
  const nothing = () => undefined
  const controller = makeControllerProgram({ run: nothing, backUp: nothing, restore: nothing })
  return markdownPage('docs/reference/cli.md', [
    '# The command lines',
    '',
    '`chaos-lite` speaks to a controller, `chaos-lite-controller` is the controller, and `chaos-lite-agent` works on one host. Below is what `--help` prints.',
    '',
    'The log-in is kept in `~/.config/chaos-lite/session.json`, mode 0600. Scripts may give `CHAOS_LITE_URL` and `CHAOS_LITE_TOKEN` instead; `chaos-lite login` takes `CHAOS_LITE_PASSWORD`.',
    '',
    'With `--json` a command prints JSON for programs, and nothing else on standard output; without it, text for people. Messages and questions go to standard error. A run is named by its id or by `last`, the newest one; hosts, schedules, companies and webhooks by their id, or by their name (a webhook by its address) where it is unique. Durations are written as `30s`, `5m` or `1h`.',
    '',
    'Where `chaos-lite` follows a run and loses its link to the controller for more than a few seconds, it says so on standard error, and again when the link is back. Without a controller, `chaos-lite-agent halt` on a host rolls everything back there.',
    '',
    ...helpOf(program),
    ...helpOf(controller),
    ...helpOf(agent),
  ])
}

function helpOf(command: Command, path = ''): string[] {
  const name = `${path} ${command.name()}`.trim()
  const own = ['', `## \`${name}\``, '', '```text', ...help(command), '```']
  return [...own, ...command.commands.flatMap((sub) => helpOf(sub, name))]
}

function help(command: Command): string[] {
  command.configureHelp({ helpWidth: 110 })
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  return text.trimEnd().split('\n')
}
