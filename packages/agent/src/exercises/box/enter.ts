import { spawn } from 'node:child_process'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { tool } from '../../host/index.ts'
import { ownCommand } from '../../program/index.ts'
import type { Said } from '../child/messages.ts'
import { closeMounts, TEMPORARY } from './mounts.ts'
import { BoxRules } from './rules.ts'

/**
 * `chaos-lite-agent exercise-box RULES`, the first process in its namespaces: closes them, gives up what would open them
 * again, and starts the worker. When this process ends, the kernel ends everything in the process namespace.
 */
export function enterBox(rules: string): void {
  try {
    const given = BoxRules.parse(JSON.parse(rules))
    closeMounts(given)
    const [program, ...args] = [...rightsIn(given), ...ownCommand(), 'exercise-work']
    const env = { ...process.env, TMPDIR: TEMPORARY }
    const child = spawn(program ?? '', args, { cwd: '/', env, stdio: ['inherit', 'inherit', 'inherit'] })
    child.on('error', (thrown) => giveUp(thrown))
    child.on('exit', (code) => process.exit(code ?? 1))
  } catch (thrown) {
    giveUp(thrown)
  }
}

/** Root with hardly a right: what is not in the bounding set, no program gets again. The start of a command. */
export function rightsIn({ capabilities }: BoxRules): string[] {
  const setpriv = tool('setpriv')
  if (setpriv === null)
    throw new ChaosError('capability-missing', 'setpriv, of the package util-linux, is not installed')
  const bounding = ['-all', ...capabilities.map((name) => `+${name}`)].join(',')
  return [setpriv, '--no-new-privs', `--bounding-set=${bounding}`, '--inh-caps=-all', '--']
}

function giveUp(thrown: unknown): void {
  const code = thrown instanceof ChaosError ? thrown.code : 'tool-failed'
  const said: Said = { failed: { code, text: sentenceOf(thrown) } }
  process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(1))
}
