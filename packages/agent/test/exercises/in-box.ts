import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { namespaceCommand } from '../../src/exercises/box/namespace.ts'
import type { BoxRules } from '../../src/exercises/box/rules.ts'
import { isRoot } from '../host/support.ts'

/** Namespaces are made by root only, and not on every machine. */
export const canBox =
  isRoot && spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', '--net', 'true']).status === 0
const fixture = fileURLToPath(new URL('fixtures/try-to-leave.ts', import.meta.url))

/** Runs a shell script where a restore would run, `args` being its `$1` and so on. Returns the lines that it printed. */
export async function inBox(rules: BoxRules, script: string, args: readonly string[]): Promise<string[]> {
  const [program, ...rest] = namespaceCommand(rules)
  const before = rest.slice(0, rest.indexOf('--') + 1)
  const child = spawn(program, [...before, process.execPath, fixture, JSON.stringify(rules), script, ...args])
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  child.stderr.on('data', (chunk) => (text += chunk))
  await new Promise((resolve) => child.once('close', resolve))
  return text.split('\n').filter((line) => line !== '')
}
