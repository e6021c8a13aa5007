import { ChaosError } from '@chaos-lite/shared'
import * as prompts from '@inquirer/prompts'

/** Questions go where errors go: what a command prints may be kept in a file. */
const CONTEXT = { output: process.stderr }

/** Asks for a line of text. Where nobody can be asked, `wayOut` says what to do instead. @throws ChaosError then */
export function askText(message: string, wayOut: string, preset: string): Promise<string> {
  return asked(wayOut, () => prompts.input({ message, default: preset }, CONTEXT))
}

/** Asks for what nobody may see. */
export function askSecret(message: string, wayOut: string): Promise<string> {
  return asked(wayOut, () => prompts.password({ message }, CONTEXT))
}

/** Asks for yes or no; Enter alone is no. */
export function askWhether(message: string, wayOut: string): Promise<boolean> {
  return asked(wayOut, () => prompts.confirm({ message, default: false }, CONTEXT))
}

/** Without a terminal nobody can answer: a question would wait for ever, or end this program in the middle. */
async function asked<T>(wayOut: string, ask: () => Promise<T>): Promise<T> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new ChaosError('request-invalid', `There is no terminal to ask at. ${wayOut}`)
  try {
    return await ask()
  } catch (cause) {
    // Ctrl-C or Ctrl-D at the question.
    if (cause instanceof Error && cause.name === 'ExitPromptError')
      throw new ChaosError('request-invalid', 'The question was left without an answer. Nothing was done.', { cause })
    throw cause
  }
}
