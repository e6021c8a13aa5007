import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { ChaosError, readEnrolmentToken, sentenceOf } from '@chaos-lite/shared'

/** A token is never shorter. */
const SECRET_CHARS = 43

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
  if (readEnrolmentToken(found) !== null) return found
  throw notAToken(whyNot(found))
}

/** Tells what happened on the way, and repeats nothing of it. */
function whyNot(found: string): string {
  if (found === '') return 'there is nothing'
  if (readEnrolmentToken(found.replaceAll(/\s/g, '')) !== null)
    return 'it is broken by spaces or line ends: copy it as one line'
  const [secret = '', authority] = found.split('.', 2)
  const isBegun = /^[\w-]*$/.test(secret) && (authority === undefined || /^[\w-]*$/.test(authority))
  if (isBegun && (secret.length < SECRET_CHARS || (authority !== undefined && secret.length === SECRET_CHARS)))
    return 'it looks cut: copy it whole'
  return `${SECRET_CHARS} letters, digits, - and _ were expected, and perhaps a dot and the authority after them`
}

/**
 * The parts of a token: the secret that is presented, and the controller's authority as PEM where the token brings it.
 * @throws ChaosError `param-invalid` for what is no token
 */
export function splitToken(token: string): { readonly secret: string; readonly caPem: string | null } {
  const read = readEnrolmentToken(token)
  if (read === null) throw notAToken('its form is another')
  if (read.authority === null) return { secret: read.secret, caPem: null }
  try {
    const certificate = new X509Certificate(Buffer.from(read.authority, 'base64url'))
    if (certificate.ca) return { secret: read.secret, caPem: certificate.toString() }
  } catch {
    // Said below, without repeating any of it.
  }
  throw notAToken('what follows the dot is not the certificate of an authority; it looks cut: copy it whole')
}

function notAToken(why: string): ChaosError {
  return new ChaosError(
    'param-invalid',
    `That is not an enrolment token: ${why}. Make one at the controller with "chaos-lite token create".`,
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
