import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { CommanderError } from 'commander'
import { ExitCode } from './exit-codes.ts'
import { refusalLines } from './print/index.ts'
import { makeProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

const REFUSED = new Set(['plan-refused', 'drill-invalid', 'param-invalid', 'plan-changed', 'host-busy'])

/**
 * Runs the command that these arguments name, and gives its exit code. It never ends this process, and never with another
 * code than 0 without a word.
 */
export async function runProgram(terminal: Terminal, signal: AbortSignal, args: readonly string[]): Promise<ExitCode> {
  const heard = listening(terminal)
  let code: ExitCode = ExitCode.ok
  try {
    await makeProgram(heard.terminal, signal, (ended) => {
      code = ended
    }).parseAsync(args, { from: 'user' })
  } catch (error) {
    code = explain(error, heard)
  }
  if (code !== ExitCode.ok && !heard.anything())
    terminal.err(`The command ended with exit code ${code} and gave no reason. Try again, or report it as a mistake.`)
  return code
}

interface Heard {
  readonly terminal: Terminal
  anything(): boolean
}

/** The same terminal, which remembers whether anything was written. */
function listening(terminal: Terminal): Heard {
  let written = false
  const note =
    (write: (text: string) => void) =>
    (text: string): void => {
      written ||= text.trim() !== ''
      write(text)
    }
  return {
    terminal: { ...terminal, out: note(terminal.out), err: note(terminal.err) },
    anything: () => written,
  }
}

function explain(error: unknown, { terminal, anything }: Heard): ExitCode {
  if (error instanceof CommanderError) {
    // What commander finds itself, it has written already; what a command throws, it has not.
    if (error.exitCode !== 0 && !anything()) terminal.err(terminal.style('red', error.message))
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.couldNotRun
  }
  const [head = '', ...reasons] = error instanceof ChaosError ? refusalLines(error) : [sentenceOf(error)]
  terminal.err(terminal.style('red', head))
  for (const reason of reasons) terminal.err(reason)
  if (!(error instanceof ChaosError)) return ExitCode.couldNotRun
  return REFUSED.has(error.code) ? ExitCode.failed : ExitCode.couldNotRun
}
