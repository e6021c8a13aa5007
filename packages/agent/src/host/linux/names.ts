import { run } from './run.ts'

const TOOL_MS = 10_000
/** More names than this are not compared with a slip of the pen. */
const MOST_NAMES = 5_000

/** The names of what is on this host. Empty where nobody can be asked. */
export async function linuxNames(kind: 'service' | 'account' | 'group'): Promise<readonly string[]> {
  if (kind !== 'service') return firstFields(await outputOf(['getent', kind === 'account' ? 'passwd' : 'group']), ':')
  const options = ['--type=service', '--all', '--plain', '--no-legend', '--no-pager']
  const files = await outputOf(['systemctl', 'list-unit-files', ...options])
  const loaded = await outputOf(['systemctl', 'list-units', ...options])
  const found = firstFields(loaded, ' ', ([, state]) => state !== 'not-found')
  return [...new Set([...firstFields(files, ' '), ...found])]
}

function firstFields(output: string, separator: string, isMeant = (_: readonly string[]) => true): string[] {
  return output
    .split('\n')
    .slice(0, MOST_NAMES)
    .map((line) => line.trim().split(separator === ' ' ? /\s+/ : separator))
    .filter((fields) => fields[0] !== '' && isMeant(fields))
    .map(([name = '']) => name)
}

async function outputOf(argv: readonly [string, ...string[]]): Promise<string> {
  const { code, stdout } = await run([...argv], { timeoutMs: TOOL_MS })
  return code === 0 ? stdout : ''
}
