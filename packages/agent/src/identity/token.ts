import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'

const form = /^[A-Za-z0-9_-]{43}$/

/** Where an enrolment token may come from. Never the command line: that is readable by every user of the machine. */
export interface TokenSources {
  /** A file, or `-` for the standard input. */
  readonly file?: string | undefined
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly stdin?: NodeJS.ReadableStream
}

/** Reads the one-time token from a file, the standard input, or `CHAOS_LITE_TOKEN`. Its value is never repeated in an error. */
export async function readToken(sources: TokenSources): Promise<string> {
  const found = (await from(sources)).trim()
  if (form.test(found)) return found
  throw new ChaosError(
    'param-invalid',
    'That is not an enrolment token: 43 letters, digits, - and _ were expected. Make one at the controller with "chaos-lite token create".',
  )
}

async function from({ file, environment = process.env, stdin = process.stdin }: TokenSources): Promise<string> {
  if (file === '-') return await text(stdin)
  if (file !== undefined) {
    return await readFile(file, 'utf8').catch((error: unknown) => {
      throw new ChaosError('param-invalid', `The token file cannot be read: ${sentenceOf(error)}`, { cause: error })
    })
  }
  const value = environment.CHAOS_LITE_TOKEN
  if (value !== undefined) return value
  throw new ChaosError(
    'param-invalid',
    'No enrolment token was given: name a file with --token-file, use --token-file - for the standard input, or set CHAOS_LITE_TOKEN.',
  )
}
